using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>Role-based access: https://kubernetes.io/docs/reference/access-authn-authz/rbac/.</summary>
internal sealed class Authorization(ClusterStore store)
{
    private const string ApiVersion = "rbac.authorization.k8s.io/v1";

    public bool Allows(RequestInfo info)
    {
        var resource = info.Subresource.Length > 0 ? $"{info.Kind.Plural}/{info.Subresource}" : info.Kind.Plural;
        // Everybody who is known may ask about themselves.
        if (info.Kind.Plural is "selfsubjectaccessreviews" or "selfsubjectreviews" or "selfsubjectrulesreviews"
            && info.Identity.Groups.Contains("system:authenticated"))
        {
            return true;
        }

        return Allows(info.Identity, new Attributes(info.Verb, info.Kind.Group, resource, info.Namespace, info.Name));
    }

    public bool Allows(Identity identity, Attributes asked)
    {
        if (identity.Groups.Contains("system:masters"))
            return true;
        var bindings = store.List(ApiVersion, "ClusterRoleBinding").Select(binding => (binding, ""))
            .Concat(asked.Namespace.Length == 0
                ? []
                : store.List(ApiVersion, "RoleBinding", asked.Namespace).Select(binding => (binding, asked.Namespace)));
        foreach (var (binding, ns) in bindings)
        {
            if ((binding["subjects"] as JsonArray ?? []).Any(subject => Is(subject, identity))
                && RulesOf(binding, ns).Any(rule => Permits(rule, asked)))
            {
                return true;
            }
        }

        return false;
    }

    private IEnumerable<JsonNode?> RulesOf(JsonObject binding, string ns)
    {
        var kind = binding.TextAt("roleRef", "kind") ?? "";
        var role = store.Get(ApiVersion, kind, kind == "Role" ? ns : "", binding.TextAt("roleRef", "name") ?? "");
        return role?["rules"] as JsonArray ?? [];
    }

    private static bool Is(JsonNode? subject, Identity identity) => subject.TextAt("kind") switch
    {
        "User" => subject.TextAt("name") == identity.Name,
        "Group" => identity.Groups.Contains(subject.TextAt("name") ?? ""),
        "ServiceAccount" =>
            $"system:serviceaccount:{subject.TextAt("namespace")}:{subject.TextAt("name")}" == identity.Name,
        _ => false,
    };

    private static bool Permits(JsonNode? rule, Attributes asked) =>
        Has(rule.At("verbs"), asked.Verb) && Has(rule.At("apiGroups"), asked.Group)
        && Has(rule.At("resources"), asked.Resource)
        && (rule.At("resourceNames").IsEmpty() || Has(rule.At("resourceNames"), asked.Name));

    private static bool Has(JsonNode? list, string value) =>
        (list as JsonArray ?? []).Any(each => each.Text() is { } text && (text == "*" || text == value));

    /// <summary>What is asked for.</summary>
    internal sealed record Attributes(string Verb, string Group, string Resource, string Namespace, string Name);
}
