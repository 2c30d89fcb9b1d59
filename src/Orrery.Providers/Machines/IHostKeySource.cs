namespace Orrery.Providers.Machines;

/// <summary>Makes SSH host keys; a rehearsal takes ready-made ones.</summary>
public interface IHostKeySource
{
    /// <summary>A new pair. The private half is secret.</summary>
    /// <param name="comment">For people, for example the machine's name.</param>
    HostKeyPair Make(string comment);
}

/// <summary>One pair, as OpenSSH writes it.</summary>
/// <param name="Private">A whole <c>OPENSSH PRIVATE KEY</c> file of type ecdsa-sha2-nistp256. Secret.</param>
/// <param name="Public">For example <c>ecdsa-sha2-nistp256 AAAA…</c>, with or without a comment.</param>
public sealed record HostKeyPair(string Private, string Public)
{
    /// <summary>Never the key.</summary>
    public override string ToString() => Public;
}
