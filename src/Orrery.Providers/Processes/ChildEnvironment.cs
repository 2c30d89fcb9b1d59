using Orrery.Engine.Ports;

namespace Orrery.Providers.Processes;

/// <summary>
/// What a child sees of our environment: what programs need to find files and to speak to people. A list of what is
/// allowed, because nobody can list all that is secret.
/// </summary>
internal sealed class ChildEnvironment(Func<string, string?> ours)
{
    private static readonly string[] Allowed =
    [
        "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "TMPDIR", "TZ",
        "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LC_MESSAGES", "LC_TIME",
        "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME",

        // Where Git for Windows and OpenSSH on Windows look for themselves.
        "SystemRoot", "USERPROFILE",
    ];

    /// <summary>The programs that a user may name otherwise, and what to install where one is missing.</summary>
    private static readonly (string Program, string Variable, string Package)[] Known =
    [
        ("ssh", "ORRERY_SSH", "openssh-client"),
        ("ssh-agent", "ORRERY_SSH_AGENT", "openssh-client"),
        ("ssh-add", "ORRERY_SSH_ADD", "openssh-client"),
        ("git", "ORRERY_GIT", "git"),
    ];

    public IEnumerable<(string Name, string Value)> For(ProcessRequest request)
    {
        foreach (var name in Allowed.Concat(request.Inherited))
        {
            if (ours(name) is { Length: > 0 } value)
                yield return (name, value);
        }

        foreach (var (name, value) in request.Environment)
            yield return (name, value);
    }

    /// <summary>
    /// The program's file. Looked for in PATH only: the framework would look in the current folder first, which may be
    /// a repository of somebody else.
    /// </summary>
    public string Locate(string program)
    {
        var known = Known.FirstOrDefault(row => row.Program == program);
        var named = known.Variable is null ? null : ours(known.Variable);
        var wanted = string.IsNullOrEmpty(named) ? program : named;
        if (Path.IsPathFullyQualified(wanted))
            return File.Exists(wanted) ? wanted : throw Missing(wanted, "there is no such file", known);
        if (wanted.Contains('/', StringComparison.Ordinal))
            throw Missing(wanted, "only a name or a full path is understood", known);
        return (ours("PATH") ?? "").Split(Path.PathSeparator)
            .Where(Path.IsPathFullyQualified)
            .SelectMany(folder => NamesOf(wanted).Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists)
            ?? throw Missing(wanted, "it is in no folder of PATH", known);
    }

    private static string[] NamesOf(string program) =>
        OperatingSystem.IsWindows() ? [$"{program}.exe", program] : [program];

    private static ProviderException Missing(
        string wanted, string why, (string Program, string Variable, string Package) known)
    {
        var remedy = known.Program is null
            ? "Install it."
            : $"Install it (Debian and Ubuntu: apt-get install {known.Package}), or name it in {known.Variable}.";
        return new ProviderException(
            ProviderErrorCode.Invalid, $"the program '{wanted}' cannot be started: {why}. {remedy}");
    }
}
