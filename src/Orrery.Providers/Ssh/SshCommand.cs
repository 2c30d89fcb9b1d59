namespace Orrery.Providers.Ssh;

/// <summary>A command for the shell of a machine.</summary>
/// <param name="Text">
/// As the user's login shell reads it; <see cref="SshScript"/> writes one. Never with a secret: other users of the
/// machine see it.
/// </param>
public sealed record SshCommand(string Text)
{
    /// <summary>Given on standard input, which then ends. Here secrets may stand.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>How long it may run, the connection included: one minute by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How much of its output is kept: one mebibyte by default.</summary>
    public int OutputBytesMax { get; init; } = 1024 * 1024;

    /// <summary>It changes the machine: only the one writer may run it. The default, as most commands do.</summary>
    public bool Changes { get; init; } = true;
}

/// <summary>A file for a machine.</summary>
/// <param name="Path">Its full path; the folder exists.</param>
/// <param name="Content">All of it. May be secret.</param>
public sealed record SshFile(string Path, ReadOnlyMemory<byte> Content)
{
    /// <summary>In octal: <c>0600</c> by default.</summary>
    public string Mode { get; init; } = "0600";

    /// <summary>User and group, as <c>root:root</c> or <c>65532:65532</c>; null leaves it to the SSH user.</summary>
    public string? Owner { get; init; }
}
