using Orrery.GitOps.Manifests;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Charts;

/// <summary>Components that act elsewhere, with a token that people have.</summary>
internal static class AccessCharts
{
    private static readonly Chart Renovate = new("https://docs.renovatebot.com/helm-charts", "renovate", "46.254.2");

    private static readonly Chart Tailscale = new(
        "https://pkgs.tailscale.com/helmcharts", "tailscale-operator", "1.102.3");

    /// <summary>Opens pull requests for the platform's repository: https://docs.renovatebot.com/self-hosted/.</summary>
    public static CatalogComponent? OfRenovate(Setting setting)
    {
        if (setting.Component("renovate") is not { } component)
            return null;
        var (platform, repository) = ForgeOf(setting.Platform.Repository.Url);
        return component.AsChart("renovate", Renovate, Value.MapOf(("renovate", Value.MapOf(
            ("config", Json.Of(Value.MapOf(
                ("platform", platform), ("repositories", Manifest.Texts(repository))))))))) with
        {
            BaseValues = Value.MapOf(("existingSecret", "renovate-token")),
            Secrets = [ComponentSecret.Of("renovate-token", ("RENOVATE_TOKEN", Given(component, "token")))],
        };
    }

    /// <summary>https://tailscale.com/kb/1236/kubernetes-operator</summary>
    public static CatalogComponent? OfTailscale(Setting setting) => setting.Component("tailscale") is not { } component
        ? null
        : component.AsChart("tailscale", Tailscale) with
        {
            // Its proxies change the routes of their pods.
            IsPrivileged = true,
            Secrets =
            [
                // The name that the chart looks for. The secret holds the client's id, and nobody reads it here.
                ComponentSecret.Of(
                    "operator-oauth", ("client_id", new SecretSource.Plain("orrery")),
                    ("client_secret", Given(component, "clientSecret"))),
            ],
        };

    private static SecretSource Given(Component component, string option) =>
        component.Secrets.TryGetValue(option, out var reference)
            ? new SecretSource.Given(reference)
            : throw new InvariantException($"the option `{option}` of {component.Name} is required");

    private static (string Platform, string Repository) ForgeOf(string url)
    {
        var path = url.Replace("git@", "", StringComparison.Ordinal).Replace("https://", "", StringComparison.Ordinal)
            .Replace(':', '/');
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        var name = path[(slash + 1)..];
        return (
            path.StartsWith("gitlab", StringComparison.Ordinal) ? "gitlab" : "github",
            name.EndsWith(".git", StringComparison.Ordinal) ? name[..^4] : name);
    }
}
