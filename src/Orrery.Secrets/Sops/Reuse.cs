using System.Text;

namespace Orrery.Secrets.Sops;

/// <summary>
/// The ciphertexts of values that were there: one that is still at its place keeps its own, byte for byte.
/// </summary>
internal sealed class Reuse
{
    private readonly Dictionary<string, Queue<(string Cipher, string Written)>> _known = new(StringComparer.Ordinal);

    /// <summary>For a document that is new.</summary>
    public static Reuse Nothing => new();

    /// <param name="written">The ciphertext with the quotes that it had.</param>
    public void Add(string path, SopsValue value, string cipher, string written)
    {
        var key = KeyOf(path, value);
        if (!_known.TryGetValue(key, out var queue))
            _known.Add(key, queue = new Queue<(string, string)>());
        queue.Enqueue((cipher, written));
    }

    /// <summary>The next ciphertext for this value at this place; equal values in a list have one each.</summary>
    public (string Cipher, string Written)? Take(string path, SopsValue value) =>
        _known.TryGetValue(KeyOf(path, value), out var queue) && queue.TryDequeue(out var known) ? known : null;

    public Reuse Copy()
    {
        var copy = new Reuse();
        foreach (var (key, queue) in _known)
            copy._known.Add(key, new Queue<(string, string)>(queue));
        return copy;
    }

    private static string KeyOf(string path, SopsValue value) =>
        $"{path}\0{value.Type}\0{Encoding.Latin1.GetString(value.Content)}";
}
