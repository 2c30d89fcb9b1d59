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

    /// <summary>Our certificate as PEM; null where a token says who we are.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>Its key as PEM. Secret.</summary>
    public string? ClientKey { get; init; }

    /// <summary>The machine whose loopback the server listens on; null where it is reached directly.</summary>
    public SshHost? Through { get; init; }

    /// <summary>Only where it leads: the rest holds a key.</summary>
    public override string ToString() => Through is { } host ? $"{Server} through {host.Address}" : $"{Server}";
}

/// <summary>A machine that is reached by SSH, and the keys by which it is known.</summary>
/// <param name="Address">Its IP address or name.</param>
/// <param name="Port">22 nearly always.</param>
/// <param name="User">For example <c>root</c>.</param>
/// <param name="HostKeys">Its public keys, each as <c>ecdsa-sha2-nistp256 AAAA…</c>. Never empty.</param>
public sealed record SshHost(string Address, int Port, string User, ValueList<string> HostKeys);
