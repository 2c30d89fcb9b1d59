namespace Orrery.Providers.Proxmox.Wire;

/// <summary>A pool of guests and storages.</summary>
internal sealed record PoolEntry(string Poolid, string? Comment = null);

/// <summary>A user; never its password.</summary>
internal sealed record UserEntry(string Userid, string? Comment = null, long Enable = 1);

/// <summary>A role: privileges with commas.</summary>
internal sealed record RoleEntry(string Roleid, string? Privs = null, long Special = 0);

/// <summary>A user's token; its secret is shown only when it is made.</summary>
internal sealed record TokenEntry(string Tokenid, string? Comment = null, long Privsep = 1, long Expire = 0);

/// <summary>The reply to making a token: the only one that holds its secret.</summary>
internal sealed class MadeToken
{
    public string? Value { get; init; }
}

/// <summary>Who has which role where.</summary>
internal sealed record AclEntry(string Path, string Roleid, string Type, string Ugid, long Propagate = 1);
