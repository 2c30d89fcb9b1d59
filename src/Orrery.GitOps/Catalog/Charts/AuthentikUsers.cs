using System.Text;
using Orrery.GitOps.Manifests;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>
/// The platform's people in Authentik, as a blueprint: https://docs.goauthentik.io/customize/blueprints/. Their first
/// passwords reach it by its environment; whoever has changed theirs keeps it.
/// </summary>
internal static class AuthentikUsers
{
    public const string Name = "authentik-users";

    /// <summary>Null where there is nobody, or no Authentik.</summary>
    public static CatalogComponent? Of(Setting setting) =>
        setting.Component(Authentik.Name) is not { } component || setting.Platform.Users.Count == 0
            ? null
            : new CatalogComponent
            {
                Name = Name,
                Namespace = component.Namespace ?? Authentik.Name,
                By = DeliveredBy.GitOps,
                Objects = ValueMap.Of(("blueprint.yaml", Manifest.Of(
                    "v1", "ConfigMap", Name, component.Namespace ?? Authentik.Name,
                    ("data", Value.MapOf(("users.yaml", BlueprintOf(setting.Platform.Users))))))),
            };

    /// <summary>What <c>secrets/&lt;cluster&gt;/keys/password-user-&lt;name&gt;.sops.yaml</c> holds.</summary>
    public static IEnumerable<KeyValuePair<string, SecretSource>> Passwords(Setting setting) =>
        setting.Platform.Users.Keys.Select(user => KeyValuePair.Create<string, SecretSource>(
            VariableOf(user), new SecretSource.Password($"user-{user}")));

    private static string VariableOf(string user) =>
        "ORRERY_PASSWORD_" + user.ToUpperInvariant().Replace('-', '_').Replace('.', '_');

    private static string BlueprintOf(ValueMap<User> users)
    {
        var text = new StringBuilder($"""
            version: 1
            metadata:
              name: Orrery - people
            entries:

            """);
        foreach (var group in users.Values.SelectMany(user => user.Groups).Distinct().Order(StringComparer.Ordinal))
        {
            text.Append($"""
                - model: authentik_core.group
                  state: created
                  identifiers:
                    name: {Quoted(group)}

                """);
        }

        foreach (var (name, user) in users)
        {
            var groups = user.Groups.Select(group => $"!Find [authentik_core.group, [name, {Quoted(group)}]]");
            text.Append($"""
                - model: authentik_core.user
                  state: created
                  identifiers:
                    username: {Quoted(name)}
                  attrs:
                    name: {Quoted(name)}
                    email: {Quoted(user.Email)}
                    password: !Env {VariableOf(name)}
                - model: authentik_core.user
                  state: present
                  identifiers:
                    username: {Quoted(name)}
                  attrs:
                    name: {Quoted(name)}
                    email: {Quoted(user.Email)}
                    groups: [{string.Join(", ", groups)}]

                """);
        }

        return text.ToString();
    }

    /// <summary>In a way that YAML takes for a text whatever it holds.</summary>
    private static string Quoted(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
}
