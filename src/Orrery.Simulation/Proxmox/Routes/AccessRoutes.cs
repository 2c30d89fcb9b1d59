using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>Users, tokens, roles and rules.</summary>
internal static class AccessRoutes
{
    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/access/users", Users),
        new("POST", "/access/users", CreateUser),
        new("PUT", "/access/users/{userid}", UpdateUser),
        new("DELETE", "/access/users/{userid}", DeleteUser),
        new("GET", "/access/users/{userid}/token", Tokens),
        new("POST", "/access/users/{userid}/token/{tokenid}", CreateToken),
        new("PUT", "/access/users/{userid}/token/{tokenid}", UpdateToken),
        new("DELETE", "/access/users/{userid}/token/{tokenid}", DeleteToken),
        new("GET", "/access/roles", Roles),
        new("POST", "/access/roles", CreateRole),
        new("PUT", "/access/roles/{roleid}", UpdateRole),
        new("DELETE", "/access/roles/{roleid}", DeleteRole),
        new("GET", "/access/acl", Rules),
        new("PUT", "/access/acl", ChangeRules),
    ];

    private static JsonNode Users(Exchange exchange) => new JsonArray([.. exchange.Cluster.Access.Users
        .Where(user => user.Key == exchange.Caller.User
            || exchange.Cluster.Access.Has(exchange.Caller, "/access/groups", "User.Modify"))
        .Select(user => (JsonNode)new JsonObject
        {
            ["userid"] = user.Key, ["comment"] = user.Value.Comment, ["enable"] = user.Value.IsEnabled ? 1 : 0,
            ["expire"] = 0, ["realm-type"] = user.Key.Split('@')[1],
        })]);

    private static JsonNode? CreateUser(Exchange exchange)
    {
        var id = exchange.Form.Get("userid");
        if (id.Split('@') is not [{ Length: > 0 }, { Length: > 0 } realm])
            throw Refusal.Parameter("userid", $"invalid format - value '{id}' does not look like a valid user name");
        exchange.Require($"/access/realm/{realm}", "Realm.AllocateUser");
        var user = new PveUser
        {
            Comment = exchange.Form.Find("comment") ?? "",
            IsEnabled = exchange.Form.Is("enable", otherwise: true),
        };
        return exchange.Cluster.Access.Users.TryAdd(id, user)
            ? null
            : throw Refusal.Died($"create user failed: user '{id}' already exists");
    }

    private static JsonNode? UpdateUser(Exchange exchange)
    {
        exchange.Require("/access/groups", "User.Modify");
        var user = User(exchange);
        if (exchange.Form.Find("comment") is { } comment)
            user.Comment = comment;
        user.IsEnabled = exchange.Form.Is("enable", user.IsEnabled);
        return null;
    }

    private static JsonNode? DeleteUser(Exchange exchange)
    {
        var id = exchange.Parts[0];
        exchange.Require($"/access/realm/{id.Split('@')[^1]}", "Realm.AllocateUser");
        exchange.Require("/access/groups", "User.Modify");
        User(exchange);
        exchange.Cluster.Access.Users.Remove(id);
        exchange.Cluster.Access.Rules.RemoveAll(rule =>
            rule.Whom == id || rule.Whom.StartsWith($"{id}!", StringComparison.Ordinal));
        return null;
    }

    private static JsonNode Tokens(Exchange exchange)
    {
        RequireOnUser(exchange);
        return new JsonArray([.. User(exchange).Tokens.Select(token => (JsonNode)Info(token.Value, token.Key))]);
    }

    private static JsonNode CreateToken(Exchange exchange)
    {
        RequireOnUser(exchange);
        var (user, name) = (User(exchange), exchange.Parts[1]);
        if (user.Tokens.ContainsKey(name))
            throw Refusal.Parameter("tokenid", "Token already exists.");
        var token = new PveToken
        {
            Secret = Secret(exchange, name),
            Comment = exchange.Form.Find("comment") ?? "",
            IsSeparated = exchange.Form.Is("privsep", otherwise: true),
            Expire = exchange.Form.FindNumber("expire") ?? 0,
        };
        user.Tokens[name] = token;
        return new JsonObject
        {
            ["full-tokenid"] = $"{exchange.Parts[0]}!{name}",
            ["info"] = Info(token, null),
            ["value"] = token.Secret,
        };
    }

    private static JsonNode UpdateToken(Exchange exchange)
    {
        RequireOnUser(exchange);
        var token = Token(exchange);
        if (exchange.Form.Find("comment") is { } comment)
            token.Comment = comment;
        token.IsSeparated = exchange.Form.Is("privsep", token.IsSeparated);
        token.Expire = exchange.Form.FindNumber("expire") ?? token.Expire;
        return Info(token, null);
    }

    private static JsonNode? DeleteToken(Exchange exchange)
    {
        RequireOnUser(exchange);
        Token(exchange);
        User(exchange).Tokens.Remove(exchange.Parts[1]);
        exchange.Cluster.Access.Rules.RemoveAll(rule => rule.Whom == $"{exchange.Parts[0]}!{exchange.Parts[1]}");
        return null;
    }

    private static JsonNode Roles(Exchange exchange) => new JsonArray([.. exchange.Cluster.Access.Roles
        .Select(role => (JsonNode)new JsonObject
        {
            ["roleid"] = role.Key, ["privs"] = string.Join(',', role.Value),
            ["special"] = exchange.Cluster.Access.SpecialRoles.Contains(role.Key) ? 1 : 0,
        })]);

    private static JsonNode? CreateRole(Exchange exchange)
    {
        exchange.Require("/access", "Sys.Modify");
        var access = exchange.Cluster.Access;
        var (id, privileges) = (exchange.Form.Get("roleid"), exchange.Form.Find("privs"));
        Access.CheckPrivileges(privileges);
        if (!access.Roles.TryAdd(id, new(Access.Split(privileges), StringComparer.Ordinal)))
            throw Refusal.Died($"create role failed: role '{id}' already exists");
        return null;
    }

    private static JsonNode? UpdateRole(Exchange exchange)
    {
        exchange.Require("/access", "Sys.Modify");
        _ = exchange.Cluster.Access;
        Access.CheckPrivileges(exchange.Form.Find("privs"));
        var role = Role(exchange);
        if (!exchange.Form.Is("append"))
            role.Clear();
        role.UnionWith(Access.Split(exchange.Form.Find("privs")));
        return null;
    }

    private static JsonNode? DeleteRole(Exchange exchange)
    {
        exchange.Require("/access", "Sys.Modify");
        Role(exchange);
        if (exchange.Cluster.Access.SpecialRoles.Contains(exchange.Parts[0]))
            throw Refusal.Died($"auto-generated role '{exchange.Parts[0]}' cannot be deleted");
        exchange.Cluster.Access.Roles.Remove(exchange.Parts[0]);
        exchange.Cluster.Access.Rules.RemoveAll(rule => rule.Role == exchange.Parts[0]);
        return null;
    }

    private static JsonNode Rules(Exchange exchange) => new JsonArray([.. exchange.Cluster.Access.Rules
        .Where(rule => exchange.Cluster.Access.Has(exchange.Caller, rule.Path, "Permissions.Modify"))
        .Select(rule => (JsonNode)new JsonObject
        {
            ["path"] = rule.Path, ["type"] = rule.Type, ["ugid"] = rule.Whom, ["roleid"] = rule.Role,
            ["propagate"] = rule.Propagates ? 1 : 0,
        })]);

    private static JsonNode? ChangeRules(Exchange exchange)
    {
        var path = exchange.Form.Get("path");
        exchange.Require(path, "Permissions.Modify");
        var access = exchange.Cluster.Access;
        foreach (var role in Access.Split(exchange.Form.Get("roles")))
        {
            if (!access.Roles.ContainsKey(role))
                throw Refusal.Died($"role '{role}' does not exist");
            foreach (var (type, list) in (ReadOnlySpan<(string, string)>)[("user", "users"), ("token", "tokens")])
            {
                foreach (var whom in Access.Split(exchange.Form.Find(list)))
                    ChangeRule(exchange, new AclRule(path, type, whom, role, exchange.Form.Is("propagate", true)));
            }
        }

        return null;
    }

    private static void ChangeRule(Exchange exchange, AclRule rule)
    {
        var access = exchange.Cluster.Access;
        var (user, token) = (rule.Whom.Split('!')[0], rule.Whom.Split('!').ElementAtOrDefault(1));
        if (!access.Users.TryGetValue(user, out var known))
            throw Refusal.Died($"user '{user}' does not exist");
        if (token is not null && !known.Tokens.ContainsKey(token))
            throw Refusal.Died($"no such token '{token}' for user '{user}'");
        access.Rules.RemoveAll(other => other with { Propagates = rule.Propagates } == rule);
        if (!exchange.Form.Is("delete"))
            access.Rules.Add(rule);
    }

    private static void RequireOnUser(Exchange exchange)
    {
        if (exchange.Parts[0] != exchange.Caller.User)
            exchange.Require("/access/groups", "User.Modify");
    }

    private static PveUser User(Exchange exchange) =>
        exchange.Cluster.Access.Users.TryGetValue(exchange.Parts[0], out var user)
            ? user
            : throw Refusal.Died($"no such user ('{exchange.Parts[0]}')");

    private static PveToken Token(Exchange exchange) =>
        User(exchange).Tokens.TryGetValue(exchange.Parts[1], out var token)
            ? token
            : throw Refusal.Died($"no such token '{exchange.Parts[1]}' for user '{exchange.Parts[0]}'");

    private static SortedSet<string> Role(Exchange exchange) =>
        exchange.Cluster.Access.Roles.TryGetValue(exchange.Parts[0], out var role)
            ? role
            : throw Refusal.Died($"role '{exchange.Parts[0]}' does not exist");

    private static JsonObject Info(PveToken token, string? name)
    {
        var info = new JsonObject
        {
            ["comment"] = token.Comment,
            ["expire"] = token.Expire,
            ["privsep"] = token.IsSeparated ? 1 : 0,
        };
        if (name is not null)
            info["tokenid"] = name;
        return info;
    }

    // A UUID of the seed, the name and the time, so that no two tokens of one name are alike.
    private static string Secret(Exchange exchange, string name)
    {
        var hash = StableHash.Of(exchange.Cluster.Options.Seed).And("token").And(exchange.Parts[0]).And(name)
            .And((ulong)exchange.Now.Ticks);
        var text = hash.Value.ToString("x16", CultureInfo.InvariantCulture)
            + hash.And("more").Value.ToString("x16", CultureInfo.InvariantCulture);
        return $"{text[..8]}-{text[8..12]}-4{text[13..16]}-8{text[17..20]}-{text[20..32]}";
    }
}
