using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ArgoCd;

/// <summary>What the ConfigMap <c>argocd-cm</c> says.</summary>
internal sealed class Settings(ClusterStore store, ArgoCdOptions options)
{
    private const string HealthPrefix = "resource.customizations.health.";

    private JsonObject? _data;

    /// <summary>The ConfigMap has changed.</summary>
    public void Forget() => _data = null;

    public TimeSpan Reconciliation => DurationOf(Data.TextAt("timeout.reconciliation")) ?? options.Reconciliation;

    /// <summary>Further words of each <c>kustomize build</c>.</summary>
    public string BuildOptions => Data.TextAt("kustomize.buildOptions") ?? "";

    /// <summary>The health check of <c>group_Kind</c>; a group may be a wildcard.</summary>
    public string? HealthScript(string key) => Data.TextAt(HealthPrefix + key)
        ?? Data.FirstOrDefault(pair =>
            pair.Key.StartsWith(HealthPrefix, StringComparison.Ordinal)
            && pair.Key.Contains('*', StringComparison.Ordinal)
            && key.EndsWith(pair.Key[(pair.Key.LastIndexOf('*') + 1)..], StringComparison.Ordinal)).Value.Text();

    /// <summary>A duration as Go writes it (<c>60s</c>, <c>1m30s</c>), or whole seconds.</summary>
    public static TimeSpan? DurationOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var (total, number) = (TimeSpan.Zero, "");
        foreach (var character in text)
        {
            if (char.IsAsciiDigit(character) || character == '.')
            {
                number += character;
                continue;
            }

            if (!double.TryParse(number, CultureInfo.InvariantCulture, out var value))
                return null;
            total += character switch
            {
                'h' => TimeSpan.FromHours(value),
                'm' => TimeSpan.FromMinutes(value),
                _ => TimeSpan.FromSeconds(value),
            };
            number = "";
        }

        return number.Length > 0 && double.TryParse(number, CultureInfo.InvariantCulture, out var seconds)
            ? total + TimeSpan.FromSeconds(seconds)
            : total;
    }

    private JsonObject Data =>
        _data ??= store.Get("v1", "ConfigMap", options.Namespace, "argocd-cm").At("data") as JsonObject ?? [];
}
