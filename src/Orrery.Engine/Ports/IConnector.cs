using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>Opens wires to servers that are known only at run time: the API servers of our clusters.</summary>
public interface IConnector
{
    /// <summary>
    /// A wire to that server: verified against its own authority, with a client certificate where one is given,
    /// through a machine where the server cannot be reached directly. Nothing is sent yet.
    /// </summary>
    HttpMessageHandler Open(Connection connection);
}

/// <summary>How a server is reached.</summary>
public sealed record Connection
{
    /// <summary>As its certificate says, for example <c>https://127.0.0.1:6443</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>The authority that signs the server's certificate, as PEM; null for the system's own.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>
    /// The only certificate that the server may show, by <see cref="OtherServerException.Found"/>'s measure; then
    /// nobody need have signed it. Empty where no certificate is known yet, and so none is accepted. Null where the
    /// authority decides.
    /// </summary>
    public string? ServerFingerprint { get; init; }

    /// <summary>Our certificate as PEM; null where a token says who we are.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>Its key as PEM. Secret.</summary>
    public string? ClientKey { get; init; }

    /// <summary>The machine whose loopback the server listens on; null where it is reached directly.</summary>
    public SshHost? Through { get; init; }

    /// <summary>Only where it leads: the rest holds a key.</summary>
    public override string ToString() => Through is { } host ? $"{Server} through {host.Address}" : $"{Server}";
}

/// <summary>
/// The server shows another certificate than the one that it is known by. A wire throws it inside the failure of its
/// connection; nothing was sent.
/// </summary>
/// <param name="expected">The fingerprint that was asked for; empty where none was known.</param>
/// <param name="found">The one that is shown.</param>
public sealed class OtherServerException(string expected, string found)
    : Exception("the server shows another certificate than the one it is known by")
{
    /// <summary>
    /// Base64 of the SHA-256 of the public key (SubjectPublicKeyInfo), for example
    /// <c>rMWhs9V9Y30sbs9W5KNCgVRReKGrfvV0FwMtqEX4OW8=</c>: what Talos Linux prints on its console.
    /// </summary>
    public string Found { get; } = found;

    /// <summary>What was expected, what was found, and what to do.</summary>
    public string InWords(string server) =>
        $"{server} shows a certificate with the fingerprint {Found}, and "
        + (expected.Length == 0 ? "none is known to be its own" : $"not {expected}")
        + "; nothing was sent. Look at its console: if it says the same, it has started again since, else somebody "
        + "stands between";
}

/// <summary>A machine that is reached by SSH, and the keys by which it is known.</summary>
/// <param name="Address">Its IP address or name.</param>
/// <param name="Port">22 nearly always.</param>
/// <param name="User">For example <c>root</c>.</param>
/// <param name="HostKeys">
/// Its public keys, each as <c>ecdsa-sha2-nistp256 AAAA…</c>. Never empty, unless people know the machine themselves.
/// </param>
public sealed record SshHost(string Address, int Port, string User, ValueList<string> HostKeys)
{
    /// <summary>The user accepted its key once, in <c>~/.ssh/known_hosts</c>; it is in no list of ours.</summary>
    public bool IsKnownToUser { get; init; }

    /// <summary>A machine of people's own: <c>root@atlas</c>, or without a user, who is <c>root</c> then.</summary>
    public static SshHost OfUser(string target)
    {
        var parts = target.Split('@', 2);
        return new SshHost(parts[^1], 22, parts.Length > 1 ? parts[0] : "root", []) { IsKnownToUser = true };
    }
}
