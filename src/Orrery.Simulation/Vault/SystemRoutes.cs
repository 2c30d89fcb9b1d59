using System.Text.Json.Nodes;

namespace Orrery.Simulation.Vault;

/// <summary>Engines, login methods and policies: https://openbao.org/api-docs/system/.</summary>
internal static class SystemRoutes
{
    public static Answer Handle(Exchange exchange, string rest)
    {
        var parts = rest.Split('/', 2);
        var name = (parts.ElementAtOrDefault(1) ?? "").TrimEnd('/');
        return (exchange.Request.Method, parts[0]) switch
        {
            ("GET", "mounts") when name.Length == 0 => Engines(exchange.Realm),
            ("GET", "mounts") => Engine(exchange.Realm, name),
            ("POST" or "PUT", "mounts") when name.Length > 0 => EnableEngine(exchange, name),
            ("DELETE", "mounts") when name.Length > 0 => Disable(exchange.Realm.Engines, name),
            ("GET", "auth") when name.Length == 0 => Logins(exchange.Realm),
            ("GET", "auth") => Login(exchange.Realm, name),
            ("POST" or "PUT", "auth") when name.Length > 0 => EnableLogin(exchange, name),
            ("DELETE", "auth") when name.Length > 0 => Disable(exchange.Realm.Logins, name),
            (_, "policies") when name == "acl" && exchange.IsList => Policies(exchange.Realm),
            (_, "policies") when name.StartsWith("acl/", StringComparison.Ordinal) =>
                PolicyRoute(exchange, name["acl/".Length..].ToLowerInvariant()),
            (_, "mounts" or "auth" or "policies") => throw Refusal.Unsupported(),
            _ => throw Refusal.NoHandler(exchange.Path),
        };
    }

    private static Answer Engines(Realm realm)
    {
        var all = new JsonObject();
        foreach (var (path, mount) in realm.Engines)
            all[$"{path}/"] = Documents.Mount(mount.Type, mount.Version, mount.Description, mount.Uuid);
        return Listed(all);
    }

    private static Answer Engine(Realm realm, string name) => realm.Engines.GetValueOrDefault(name) is { } mount
        ? Answer.Of(Documents.Mount(mount.Type, mount.Version, mount.Description, mount.Uuid))
        : throw Refusal.Invalid("No secret engine mount at " + name + "/");

    private static Answer EnableEngine(Exchange exchange, string name)
    {
        var body = exchange.Body();
        var type = Exchange.Text(body, "type") ?? throw Refusal.Invalid("backend type must be specified as a string");
        if (type is not ("kv" or "kv-v2"))
            throw Refusal.Invalid($"plugin not found in the catalog: {type}");
        Free(exchange.Realm.Engines.Keys, name);
        var version = type == "kv-v2" ? "2" : Exchange.Map(body, "options")?["version"]?.ToString() ?? "1";
        exchange.Realm.Engines[name] = new Mount(
            "kv", version, Exchange.Text(body, "description") ?? "", exchange.Realm.DrawGuid());
        return Answer.Nothing;
    }

    private static Answer Logins(Realm realm)
    {
        var all = new JsonObject();
        foreach (var (path, method) in realm.Logins)
            all[$"{path}/"] = Documents.Mount(method.Type, "", method.Description, method.Uuid);
        return Listed(all);
    }

    private static Answer Login(Realm realm, string name) => realm.Logins.GetValueOrDefault(name) is { } method
        ? Answer.Of(Documents.Mount(method.Type, "", method.Description, method.Uuid))
        : throw Refusal.Invalid("No auth engine at " + name + "/");

    private static Answer EnableLogin(Exchange exchange, string name)
    {
        var body = exchange.Body();
        var type = Exchange.Text(body, "type") ?? throw Refusal.Invalid("backend type must be specified as a string");
        if (type != "kubernetes")
            throw Refusal.Invalid($"plugin not found in the catalog: {type}");
        Free(exchange.Realm.Logins.Keys, name);
        exchange.Realm.Logins[name] = new LoginMethod(
            type, Exchange.Text(body, "description") ?? "", exchange.Realm.DrawGuid());
        return Answer.Nothing;
    }

    private static void Free(IEnumerable<string> paths, string name)
    {
        if (paths.Any(path => $"{path}/".StartsWith($"{name}/", StringComparison.Ordinal)
            || $"{name}/".StartsWith($"{path}/", StringComparison.Ordinal)))
        {
            throw Refusal.Invalid($"path is already in use at {name}/");
        }
    }

    // With all that it held.
    private static Answer Disable<T>(SortedDictionary<string, T> all, string name)
    {
        all.Remove(name);
        return Answer.Nothing;
    }

    private static Answer Policies(Realm realm)
    {
        var names = realm.Policies.Keys.Append("root");
        return Answer.Of(new JsonObject { ["keys"] = Documents.Texts(names), ["policies"] = Documents.Texts(names) });
    }

    private static Answer PolicyRoute(Exchange exchange, string name)
    {
        var policies = exchange.Realm.Policies;
        switch (exchange.Request.Method)
        {
            case "GET":
                var found = policies.GetValueOrDefault(name) ?? throw Refusal.NothingThere();
                return Answer.Of(new JsonObject { ["name"] = name, ["policy"] = found.Text });
            case "POST" or "PUT" when name == "root":
                throw Refusal.Invalid("cannot update \"root\" policy");
            case "POST" or "PUT":
                policies[name] = Policy.Parse(
                    Exchange.Text(exchange.Body(), "policy") is { Length: > 0 } text
                        ? text
                        : throw Refusal.Invalid("'policy' parameter not supplied or empty"));
                return Answer.Nothing;
            case "DELETE" when name is "root" or "default":
                throw Refusal.Invalid($"cannot delete \"{name}\" policy");
            case "DELETE":
                policies.Remove(name);
                return Answer.Nothing;
            default:
                throw Refusal.Unsupported();
        }
    }

    // The older form stands beside the newer one.
    private static Answer Listed(JsonObject all)
    {
        var bare = all.DeepClone().AsObject();
        return Answer.Of(all) with { Bare = bare };
    }
}
