namespace Orrery.Cli.Composition;

/// <summary>The person in front of the terminal, also where standard input and output are something else.</summary>
internal interface ITerminal
{
    /// <summary>Somebody is there to be asked.</summary>
    bool IsThere { get; }

    /// <summary>
    /// Asks for one line, without showing what is typed where it is secret; null where no answer comes.
    /// </summary>
    Task<string?> AskAsync(string question, bool isSecret, CancellationToken cancellation);

    /// <summary>Shows a line that goes nowhere else, such as a passphrase that was just made.</summary>
    void Show(string line);
}

/// <summary>Nobody is there.</summary>
internal sealed class NoTerminal : ITerminal
{
    public static NoTerminal Instance { get; } = new();

    public bool IsThere => false;

    public Task<string?> AskAsync(string question, bool isSecret, CancellationToken cancellation) =>
        Task.FromResult<string?>(null);

    public void Show(string line)
    {
    }
}
