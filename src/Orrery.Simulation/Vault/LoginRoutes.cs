using System.Text.Json.Nodes;

namespace Orrery.Simulation.Vault;

/// <summary>
/// Tokens, and the login of service accounts after https://openbao.org/api-docs/auth/kubernetes/ and its words.
/// </summary>
internal static class LoginRoutes
{
    /// <summary>How long tokens are good where nobody says: 32 days. Source: the system's default lease.</summary>
    private const int TtlSecondsDefault = 32 * 24 * 3600;

    public static Answer Handle(Exchange exchange, string rest)
    {
        var parts = rest.Split('/');
        if (parts[0] == "token")
            return Own(exchange, string.Join('/', parts[1..]));
        if (exchange.Realm.Logins.GetValueOrDefault(parts[0]) is not { Type: "kubernetes" } method)
            throw Refusal.NoHandler(exchange.Path);
        return (exchange.Request.Method, parts[1..]) switch
        {
            ("POST" or "PUT", ["login"]) => Login(exchange, method),
            ("GET", ["config"]) => Answer.Of(new JsonObject
            {
                ["kubernetes_host"] = method.KubernetesHost ?? throw Refusal.NothingThere(),
                ["kubernetes_ca_cert"] = "",
                ["disable_local_ca_jwt"] = false,
                ["disable_iss_validation"] = true,
                ["issuer"] = "",
                ["pem_keys"] = new JsonArray(),
            }),
            ("POST" or "PUT", ["config"]) => Configure(exchange, method),
            (_, ["role"] or ["role", ""]) when exchange.IsList => method.Roles.Count == 0
                ? throw Refusal.NothingThere()
                : Answer.Of(new JsonObject { ["keys"] = Documents.Texts(method.Roles.Keys) }),
            ("GET", ["role", var name]) => Answer.Of(
                RoleDocument(method.Roles.GetValueOrDefault(name) ?? throw Refusal.NothingThere())),
            ("POST" or "PUT", ["role", var name]) => WriteRole(exchange, method, name),
            ("DELETE", ["role", var name]) => RemoveRole(method, name),
            _ => throw Refusal.Unsupported(),
        };
    }

    private static Answer Login(Exchange exchange, LoginMethod method)
    {
        var body = exchange.Body();
        string Given(string field) =>
            Exchange.Text(body, field) is { Length: > 0 } text ? text : throw Refusal.Invalid($"missing {field}");
        var name = Given("role");
        var jwt = Given("jwt");
        var role = method.Roles.GetValueOrDefault(name) ?? throw Refusal.Invalid($"invalid role name \"{name}\"");
        if (method.KubernetesHost is null)
            throw Refusal.ServerError("could not load backend configuration");
        var account = exchange.Realm.Options.Reviewer?.Review(jwt) ?? throw Refusal.Denied();
        if (role.Audience.Length > 0 && !account.Audiences.Contains(role.Audience))
        {
            throw Refusal.NotAuthorized(
                "invalid audience (aud) claim: audience claim does not match any expected audience");
        }

        if (!Fits(role.Names, account.Name))
            throw Refusal.NotAuthorized("service account name not authorized");
        if (!Fits(role.Namespaces, account.Namespace))
            throw Refusal.NotAuthorized("namespace not authorized");
        var lasts = role.TtlSeconds > 0 ? role.TtlSeconds : TtlSecondsDefault;
        var policies = role.Policies.Prepend("default").Distinct(StringComparer.Ordinal);
        var token = exchange.Realm.Issue(
            [.. policies], $"kubernetes-{account.Namespace}-{account.Name}", exchange.Now.AddSeconds(lasts));
        token.TtlSeconds = lasts;
        return new Answer(200, null)
        {
            Auth = Documents.Auth(token, new JsonObject
            {
                ["role"] = name,
                ["service_account_name"] = account.Name,
                ["service_account_namespace"] = account.Namespace,
                ["service_account_secret_name"] = "",
                ["service_account_uid"] = account.Uid,
            }),
        };
    }

    private static Answer Configure(Exchange exchange, LoginMethod method)
    {
        method.KubernetesHost = Exchange.Text(exchange.Body(), "kubernetes_host") is { Length: > 0 } host
            ? host
            : throw Refusal.Invalid("no host provided");
        return Answer.Nothing;
    }

    private static Answer WriteRole(Exchange exchange, LoginMethod method, string name)
    {
        var body = exchange.Body();
        var known = method.Roles.GetValueOrDefault(name);
        var names = Exchange.Texts(body, "bound_service_account_names") ?? known?.Names ?? [];
        var namespaces = Exchange.Texts(body, "bound_service_account_namespaces") ?? known?.Namespaces ?? [];
        if (names.Count == 0)
            throw Refusal.Invalid("\"bound_service_account_names\" can not be empty");
        if (namespaces.Count == 0)
            throw Refusal.Invalid("\"bound_service_account_namespaces\" can not be empty");
        method.Roles[name] = new Role(
            names, namespaces, Exchange.Text(body, "audience") ?? known?.Audience ?? "",
            Exchange.Texts(body, "token_policies") ?? known?.Policies ?? [],
            Exchange.Seconds(body, "token_ttl") ?? known?.TtlSeconds ?? 0);
        return Answer.Nothing;
    }

    private static Answer RemoveRole(LoginMethod method, string name)
    {
        method.Roles.Remove(name);
        return Answer.Nothing;
    }

    private static JsonObject RoleDocument(Role role) => new()
    {
        ["alias_name_source"] = "serviceaccount_uid",
        ["audience"] = role.Audience,
        ["bound_service_account_names"] = Documents.Texts(role.Names),
        ["bound_service_account_namespaces"] = Documents.Texts(role.Namespaces),
        ["token_bound_cidrs"] = new JsonArray(),
        ["token_explicit_max_ttl"] = 0,
        ["token_max_ttl"] = 0,
        ["token_no_default_policy"] = false,
        ["token_num_uses"] = 0,
        ["token_period"] = 0,
        ["token_policies"] = Documents.Texts(role.Policies),
        ["token_ttl"] = role.TtlSeconds,
        ["token_type"] = "default",
    };

    private static Answer Own(Exchange exchange, string what)
    {
        var token = exchange.Token ?? throw Refusal.Denied();
        switch (what)
        {
            case "lookup-self":
                return Answer.Of(new JsonObject
                {
                    ["accessor"] = token.Accessor,
                    ["display_name"] = token.DisplayName,
                    ["expire_time"] = token.Expires is { } expires ? Documents.Time(expires) : null,
                    ["id"] = token.Id,
                    ["policies"] = Documents.Texts(token.Policies),
                    ["ttl"] = token.Expires is { } end ? (long)(end - exchange.Now).TotalSeconds : 0,
                    ["type"] = "service",
                });
            case "renew-self" when exchange.IsWrite:
                token.Expires = token.Expires is null ? null : exchange.Now.AddSeconds(token.TtlSeconds);
                return new Answer(200, null) { Auth = Documents.Auth(token, []) };
            case "revoke-self" when exchange.IsWrite:
                exchange.Realm.Tokens.Remove(token.Id);
                return Answer.Nothing;
            default:
                throw Refusal.Unsupported();
        }
    }

    // A star at the end stands for whatever follows.
    private static bool Fits(IReadOnlyList<string> patterns, string name) => patterns.Any(pattern =>
        pattern == name
        || (pattern.EndsWith('*') && name.StartsWith(pattern[..^1], StringComparison.Ordinal)));
}
