namespace Orrery.Providers.Hetzner.Wire;

/// <summary>An SSH key as Hetzner shows it.</summary>
internal sealed record SshKeySchema(
    long Id, string Name, string Fingerprint, string PublicKey, Dictionary<string, string> Labels) : ILabelled;

/// <summary>One SSH key.</summary>
internal sealed record SshKeyReply(SshKeySchema SshKey) : IReply<SshKeySchema>
{
    SshKeySchema IReply<SshKeySchema>.Item => SshKey;

    IReadOnlyList<ActionSchema> IReply<SshKeySchema>.Started => [];
}

/// <summary>SSH keys, as <c>GET /ssh_keys</c> lists them.</summary>
internal sealed record SshKeyPage(IReadOnlyList<SshKeySchema> SshKeys, MetaSchema Meta) : IPage<SshKeySchema>
{
    IReadOnlyList<SshKeySchema> IPage<SshKeySchema>.Items => SshKeys;
}

/// <summary>The body of <c>POST /ssh_keys</c>.</summary>
internal sealed record SshKeyCreate(string Name, string PublicKey, Dictionary<string, string> Labels);
