using Orrery.Simulation.Proxmox.Requests;

namespace Orrery.Simulation.Proxmox.State;

/// <summary>Who asks: a user by one of its tokens.</summary>
/// <param name="User"><c>name@realm</c>.</param>
/// <param name="Token">The token's own name; null where the user asks itself.</param>
/// <param name="IsSeparated">The token may do only what it was given itself.</param>
internal sealed record Caller(string User, string? Token, bool IsSeparated)
{
    /// <summary>As tasks name it.</summary>
    public string Name => Token is null ? User : $"{User}!{Token}";
}

internal sealed class PveUser
{
    public string Comment { get; set; } = "";

    public bool IsEnabled { get; set; } = true;

    public bool Preset { get; init; }

    public SortedDictionary<string, PveToken> Tokens { get; } = new(StringComparer.Ordinal);
}

internal sealed class PveToken
{
    public required string Secret { get; init; }

    public string Comment { get; set; } = "";

    public bool IsSeparated { get; set; } = true;

    public long Expire { get; set; }

    public bool Preset { get; init; }
}

/// <summary>A role for a user, a token or a group at a path.</summary>
internal sealed record AclRule(string Path, string Type, string Whom, string Role, bool Propagates);

/// <summary>Users, tokens, roles and who may do what where, as pve-access-control judges it.</summary>
internal sealed class Access
{
    public const string Root = "root@pam";

    /// <summary>All privileges of Proxmox VE 9, of the contract's roles. <c>VM.Monitor</c> is gone.</summary>
    public static readonly string[] Privileges =
    [
        "Datastore.Allocate", "Datastore.AllocateSpace", "Datastore.AllocateTemplate", "Datastore.Audit",
        "Group.Allocate", "Mapping.Audit", "Mapping.Modify", "Mapping.Use", "Permissions.Modify", "Pool.Allocate",
        "Pool.Audit", "Realm.Allocate", "Realm.AllocateUser", "SDN.Allocate", "SDN.Audit", "SDN.Use",
        "Sys.AccessNetwork", "Sys.Audit", "Sys.Console", "Sys.Incoming", "Sys.Modify", "Sys.PowerMgmt", "Sys.Syslog",
        "User.Modify", "VM.Allocate", "VM.Audit", "VM.Backup", "VM.Clone", "VM.Config.CDROM", "VM.Config.CPU",
        "VM.Config.Cloudinit", "VM.Config.Disk", "VM.Config.HWType", "VM.Config.Memory", "VM.Config.Network",
        "VM.Config.Options", "VM.Console", "VM.GuestAgent.Audit", "VM.GuestAgent.FileRead",
        "VM.GuestAgent.FileSystemMgmt", "VM.GuestAgent.FileWrite", "VM.GuestAgent.Unrestricted", "VM.Migrate",
        "VM.PowerMgmt", "VM.Replicate", "VM.Snapshot", "VM.Snapshot.Rollback",
    ];

    public SortedDictionary<string, PveUser> Users { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, SortedSet<string>> Roles { get; } = new(StringComparer.Ordinal)
    {
        ["Administrator"] = new(Privileges, StringComparer.Ordinal),
        ["NoAccess"] = new(StringComparer.Ordinal),
        ["PVEAuditor"] = new(
            Privileges.Where(privilege => privilege.EndsWith(".Audit", StringComparison.Ordinal)),
            StringComparer.Ordinal),
    };

    public SortedSet<string> SpecialRoles { get; } =
        new(["Administrator", "NoAccess", "PVEAuditor"], StringComparer.Ordinal);

    public SortedSet<string> CustomRoles => new(Roles.Keys.Except(SpecialRoles), StringComparer.Ordinal);

    public List<AclRule> Rules { get; } = [];

    public Caller Authenticate(string? header)
    {
        const string scheme = "PVEAPIToken=";
        if (header is null || !header.StartsWith(scheme, StringComparison.Ordinal))
            throw Refusal.Unauthorized("No ticket");
        var text = header[scheme.Length..];
        var at = text.IndexOf('!', StringComparison.Ordinal);
        var equals = text.IndexOf('=', Math.Max(at, 0));
        if (at <= 0 || equals < at)
            throw Refusal.Unauthorized("no tokenid specified");
        var (user, name, secret) = (text[..at], text[(at + 1)..equals], text[(equals + 1)..]);
        if (!Users.TryGetValue(user, out var known))
            throw Refusal.Unauthorized($"no such user ('{user}')");
        if (!known.IsEnabled)
            throw Refusal.Unauthorized($"user '{user}' is disabled");
        if (!known.Tokens.TryGetValue(name, out var token))
            throw Refusal.Unauthorized($"no such token '{name}' for user '{user}'");
        return token.Secret == secret
            ? new Caller(user, name, token.IsSeparated)
            : throw Refusal.Unauthorized("invalid token value!");
    }

    /// <summary>A separated token has what both it and its user have.</summary>
    public bool Has(Caller caller, string path, string privilege)
    {
        var byUser = caller.User == Root || Granted("user", caller.User, path, privilege);
        return byUser && (!caller.IsSeparated || Granted("token", caller.Name, path, privilege));
    }

    public static void CheckPrivileges(string? list)
    {
        foreach (var privilege in Split(list))
        {
            if (!Privileges.Contains(privilege))
                throw Refusal.Parameter("privs", $"invalid format - invalid privilege '{privilege}'");
        }
    }

    public static string[] Split(string? list) =>
        (list ?? "").Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries);

    // The deepest path that says anything about the subject decides; what it says does not add to those above.
    private bool Granted(string type, string whom, string path, string privilege)
    {
        var at = path;
        while (true)
        {
            var here = Rules.Where(rule => rule.Type == type && rule.Whom == whom && rule.Path == at
                && (rule.Propagates || at == path)).ToList();
            if (here.Count > 0)
                return here.Any(rule => Roles.TryGetValue(rule.Role, out var role) && role.Contains(privilege));
            if (at == "/")
                return false;
            var slash = at.LastIndexOf('/');
            at = slash <= 0 ? "/" : at[..slash];
        }
    }
}
