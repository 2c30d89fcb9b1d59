using Orrery.Cli.Composition;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Secrets;

/// <summary>The identities at hand, found where the users of sops and of orrery keep them.</summary>
/// <param name="Problems">Why others could not be used: for an error, if none of these fits.</param>
internal sealed record SopsIdentities(IReadOnlyList<IKeyHolder> Identities, IReadOnlyList<string> Problems)
{
    private const string KeyVariable = "SOPS_AGE_KEY";
    private const string KeyFileVariable = "SOPS_AGE_KEY_FILE";
    private const string KeyCommandVariable = "SOPS_AGE_KEY_CMD";
    private const string SshFileVariable = "SOPS_AGE_SSH_PRIVATE_KEY_FILE";
    private const string OwnVariable = "ORRERY_IDENTITY";
    private static readonly string[] SshNames = ["id_ed25519", "id_rsa"];

    /// <summary>A file of identities is small; a larger one is another one than meant.</summary>
    private const int BytesMax = 1024 * 1024;

    public static SopsIdentities Find(Host host)
    {
        var (identities, problems) = (new List<IKeyHolder>(), new List<string>());
        foreach (var (place, text) in Texts(host, problems))
        {
            var (found, problem) = ProtectedIdentity.Read(host, text, place);
            if (problem is not null)
                problems.Add($"{place}: {problem}");
            identities.AddRange(found);
        }

        foreach (var (place, text) in SshTexts(host, problems))
        {
            if (IdentityFile.TryParseAll(text, out var ring, out var problem))
                identities.AddRange(ring.Holders);
            else
                problems.Add($"{place}: {problem}");
        }

        return new SopsIdentities(identities, problems);
    }

    private static IEnumerable<(string Place, string Text)> Texts(Host host, List<string> problems)
    {
        if (host.Environment(OwnVariable) is { Length: > 0 } own)
            yield return (OwnVariable, own);
        // sops takes several on a line.
        if (host.Environment(KeyVariable) is { Length: > 0 } keys)
            yield return (KeyVariable, WithoutSpaces(keys));
        if (host.Environment(KeyFileVariable) is { Length: > 0 } named)
        {
            if (ReadFile(host.FullPath(named)) is { } text)
                yield return (named, text);
            else
                problems.Add($"{KeyFileVariable} names '{named}', which cannot be read");
        }

        // Whoever may set a variable of ours would otherwise choose what runs as us.
        if (host.Environment(KeyCommandVariable) is { Length: > 0 })
        {
            problems.Add(
                $"{KeyCommandVariable} is not run: give its output, {KeyVariable}=\"$(${KeyCommandVariable})\"");
        }

        if (UserFile(host) is { } path && ReadFile(path) is { } mine)
            yield return (path, mine);
    }

    /// <summary>The private key of SSH that is named, or those that sops looks for where none is.</summary>
    private static IEnumerable<(string Place, string Text)> SshTexts(Host host, List<string> problems)
    {
        if (host.Environment(SshFileVariable) is { Length: > 0 } named)
        {
            if (ReadFile(host.FullPath(named)) is { } text)
                yield return (named, text);
            else
                problems.Add($"{SshFileVariable} names '{named}', which cannot be read");
            yield break;
        }

        if (host.Environment("HOME") is not { Length: > 0 } home)
            yield break;
        foreach (var name in SshNames)
        {
            var path = Path.Combine(host.FullPath(home), ".ssh", name);
            if (ReadFile(path) is { } text)
                yield return (path, text);
        }
    }

    private static string WithoutSpaces(string keys) => string.Join('\n', keys.Split('\n').Select(
        line => line.StartsWith('#')
            ? line
            : string.Join('\n', line.Split([' ', '\t', ','], StringSplitOptions.RemoveEmptyEntries))));

    /// <summary>What sops reads when nothing else is said.</summary>
    private static string? UserFile(Host host)
    {
        var folder = host.Environment("XDG_CONFIG_HOME") is { Length: > 0 } config ? config
            : host.Environment("HOME") is { Length: > 0 } home
                ? Path.Combine(home, OperatingSystem.IsMacOS() ? "Library/Application Support" : ".config")
                : host.Environment("AppData");
        return folder is { Length: > 0 } ? Path.Combine(host.FullPath(folder), "sops", "age", "keys.txt") : null;
    }

    private static string? ReadFile(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= BytesMax } ? File.ReadAllText(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The caller says which file it was.
            return null;
        }
    }
}
