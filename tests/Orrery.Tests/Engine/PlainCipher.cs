using System.Globalization;
using System.Text;
using Orrery.Engine.State;

namespace Orrery.Tests.Engine;

/// <summary>
/// Hides nothing, only changes the form and counts: for tests that ask about files, not about secrets.
/// </summary>
internal sealed class PlainCipher : IStateCipher
{
    public IStateSealer Seal() => new Document();

    public IStateOpener Open(string metadata) => new Document(int.Parse(metadata, CultureInfo.InvariantCulture));

    public byte[] OpenBlock(ReadOnlySpan<byte> block) => Convert.FromHexString(Encoding.ASCII.GetString(block));

    private sealed class Document(int expected = 0) : IStateSealer, IStateOpener
    {
        private int _count;

        public string Seal(string path, string text)
        {
            _count++;
            return $"{path} {Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))}";
        }

        public string Unseal(string path, string text)
        {
            _count++;
            text.ShouldStartWith($"{path} ");
            return Encoding.UTF8.GetString(Convert.FromHexString(text[(path.Length + 1)..]));
        }

        string IStateSealer.Finish() => _count.ToString(CultureInfo.InvariantCulture);

        void IStateOpener.Finish() => _count.ShouldBe(expected);

        public void Dispose()
        {
            // Nothing is held.
        }
    }
}
