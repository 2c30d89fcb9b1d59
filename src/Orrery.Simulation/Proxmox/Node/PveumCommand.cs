using System.Text.RegularExpressions;

namespace Orrery.Simulation.Proxmox.Node;

/// <summary>One of pveum's commands and the operation of the API that it stands for.</summary>
/// <param name="Words">As it is called: <c>user token add</c>.</param>
/// <param name="Path">With the operands in their places.</param>
internal sealed partial record PveumCommand(
    string Words, string Method, string Path, string[] Operands, params string[] Options)
{
    /// <summary>https://pve.proxmox.com/pve-docs/pveum.1.html; only those that somebody needs.</summary>
    private static readonly PveumCommand[] All =
    [
        new("acl list", "GET", "/access/acl", []),
        new("acl modify", "PUT", "/access/acl", ["path"],
            "roles", "users", "tokens", "groups", "propagate", "delete"),
        new("role add", "POST", "/access/roles", ["roleid"], "privs"),
        new("role delete", "DELETE", "/access/roles/{roleid}", ["roleid"]),
        new("role list", "GET", "/access/roles", []),
        new("role modify", "PUT", "/access/roles/{roleid}", ["roleid"], "privs", "append"),
        new("user token add", "POST", "/access/users/{userid}/token/{tokenid}", ["userid", "tokenid"],
            "comment", "expire", "privsep"),
        new("user token list", "GET", "/access/users/{userid}/token", ["userid"]),
        new("user token remove", "DELETE", "/access/users/{userid}/token/{tokenid}", ["userid", "tokenid"]),
        new("user add", "POST", "/access/users", ["userid"], "comment", "enable", "expire", "groups"),
        new("user delete", "DELETE", "/access/users/{userid}", ["userid"]),
        new("user list", "GET", "/access/users", [], "enabled", "full"),
        new("user modify", "PUT", "/access/users/{userid}", ["userid"], "comment", "enable", "expire", "append"),
    ];

    public string Usage =>
        $"pveum {Words} {string.Join(' ', Operands.Select(operand => $"<{operand}>"))} [OPTIONS] [FORMAT_OPTIONS]";

    /// <summary>The command of a call and the words after it; null where there is none.</summary>
    public static (PveumCommand Command, IReadOnlyList<string> Others)? Find(IReadOnlyList<string> words)
    {
        foreach (var command in All)
        {
            var parts = command.Words.Split(' ');
            if (words.Take(parts.Length).SequenceEqual(parts, StringComparer.Ordinal))
                return (command, [.. words.Skip(parts.Length)]);
        }

        return null;
    }

    /// <summary>The operation's path; operands that stand in it are no parameters any more.</summary>
    public string PathOf(NodeArguments arguments) => Place().Replace(Path, place =>
    {
        var name = place.Groups["name"].Value;
        var value = arguments.Fields[name];
        arguments.Fields.Remove(name);
        return Uri.EscapeDataString(value);
    });

    [GeneratedRegex(@"\{(?<name>\w+)\}", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Place();
}
