namespace Orrery.Cli;

/// <summary>What the process tells whoever started it.</summary>
internal static class ExitCode
{
    public const int Done = 0;

    public const int Failed = 1;

    /// <summary>The declaration is invalid, or the command line is not understood.</summary>
    public const int Invalid = 2;

    /// <summary>There is something to do, and it was only shown.</summary>
    public const int ChangesPending = 3;

    /// <summary>As shells count a process that SIGINT ended: 128 + 2.</summary>
    public const int Interrupted = 130;
}
