using Orrery.Engine.Ports;

namespace Orrery.Providers.Ssh;

/// <summary>
/// What the texts of OpenSSH mean. It has one exit code for all its failures, 255, and says the rest in words, which
/// have been the same for many versions and are never translated.
/// </summary>
internal static class SshErrors
{
    /// <summary>What ssh ends with when it fails itself; else it is the command's: man.openbsd.org/ssh.1.</summary>
    public const int OwnExitCode = 255;

    private const int LinesMax = 5;
    private const int CharactersMax = 600;

    /// <summary>The first row that fits counts.</summary>
    private static readonly (string Says, string CloudCode, ProviderErrorCode Code, string Meaning)[] Known =
    [
        ("REMOTE HOST IDENTIFICATION HAS CHANGED", "host_key", ProviderErrorCode.Invalid, OtherKey),
        ("host key is known for", "host_key", ProviderErrorCode.Invalid, OtherKey),
        ("Host key verification failed", "host_key", ProviderErrorCode.Invalid, OtherKey),
        ("Bad configuration option", "version", ProviderErrorCode.Invalid,
            "the installed ssh is too old: OpenSSH 8.5 or newer is needed"),
        ("Permission denied (", "permission", ProviderErrorCode.Unauthorized, NotLetIn),
        ("Too many authentication failures", "permission", ProviderErrorCode.Unauthorized, NotLetIn),
        ("stdio forwarding failed", "forward", ProviderErrorCode.Unavailable,
            "the machine answers, but nothing listens where the forward should lead"),
        ("Could not resolve hostname", "unreachable", ProviderErrorCode.Unavailable, "its name is not known"),
        ("ssh: connect to host", "unreachable", ProviderErrorCode.Unavailable, "it cannot be reached"),
    ];

    private const string OtherKey =
        "it shows another host key than the one that was put on it, so it is another machine, or someone stands in"
        + " between; nothing was sent. If the machine was made anew by hand, destroy it or give its new key";

    private const string UnknownToUser =
        "your known_hosts does not have the host key that it shows; nothing was sent. Log in once with ssh and compare"
        + " the key, or take the old one away with ssh-keygen -R if the machine was made anew";

    private const string NotLetIn =
        "it does not accept the key. Look whether the private key belongs to the public key on the machine; where none"
        + " is declared, load it into your agent with ssh-add";

    /// <summary>ssh's own failure.</summary>
    public static ProviderException Classify(SshHost host, string said)
    {
        var row = Known.FirstOrDefault(row => said.Contains(row.Says, StringComparison.Ordinal));
        var meaning = row.Meaning ?? "the connection ended before the command did";
        if (host.IsKnownToUser && meaning == OtherKey)
            meaning = UnknownToUser;
        return new ProviderException(
            row.Meaning is null ? ProviderErrorCode.Unavailable : row.Code,
            $"{Name(host)}: {meaning}{Quote(said)}")
        {
            CloudCode = row.CloudCode ?? "connection",
        };
    }

    /// <summary>A command's failure.</summary>
    public static ProviderException Failed(SshHost host, int exitCode, string said) => new(
        ProviderErrorCode.ActionFailed, $"{Name(host)}: the command failed with exit code {exitCode}{Quote(said)}");

    /// <summary>The last lines in one: <c> (first; second)</c>, or nothing.</summary>
    public static string Quote(string said)
    {
        var lines = said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith('@')).TakeLast(LinesMax);
        var text = new string([.. string.Join("; ", lines).Where(character => !char.IsControl(character))]);
        if (text.Length == 0)
            return "";
        return text.Length <= CharactersMax ? $" ({text})" : $" (…{text[^CharactersMax..]})";
    }

    private static string Name(SshHost host) => host.Port == 22
        ? $"{host.User}@{host.Address}"
        : $"{host.User}@{host.Address} port {host.Port}";
}
