using System.Text;
using Orrery.Cli.Composition;

namespace Orrery.Tests.Cli;

/// <summary>Somebody who answers each question with the next of the given lines, or nobody at all.</summary>
internal sealed class AnsweringTerminal(string? answers, TextWriter shown) : ITerminal
{
    private readonly Queue<string> _answers = new(answers?.Split('\n') ?? []);

    public bool IsThere => answers is not null;

    public async Task<string?> AskAsync(string question, bool isSecret, CancellationToken cancellation)
    {
        await shown.WriteAsync($"{question}\n");
        return _answers.TryDequeue(out var answer) ? answer : null;
    }

    public void Show(string line) => shown.Write($"{line}\n");
}

/// <summary>What is written as bytes, as the text that it is.</summary>
internal sealed class TextStream(TextWriter output) : MemoryStream
{
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override void Write(ReadOnlySpan<byte> buffer) => output.Write(Encoding.UTF8.GetString(buffer));
}
