using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>
/// The levels baseline and restricted of a namespace's labels:
/// https://kubernetes.io/docs/concepts/security/pod-security-standards/.
/// </summary>
internal static class PodSecurity
{
    private const string Prefix = "pod-security.kubernetes.io/";

    private static readonly string[] HostFields = ["hostNetwork", "hostPID", "hostIPC"];

    private static readonly string[] RestrictedVolumes =
    [
        "configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret",
        "image",
    ];

    public static void Check(ClusterStore store, ResourceKind kind, JsonObject item, WriteOptions options)
    {
        var namespaces = store.Kinds.Find("v1", "Namespace");
        if (namespaces is null || Defaults.PodSpecs(kind, item).FirstOrDefault() is not { } spec)
            return;
        var ns = store.Table.Find(namespaces, "", item.TextAt("metadata", "namespace") ?? "");
        var labels = ns.At("metadata", "labels") as JsonObject ?? [];
        var name = ns.TextAt("metadata", "name") ?? "";
        var (otherwise, enforced) = (store.PodSecurity, labels[Prefix + "enforce"].Text());
        if (otherwise?.Exempt.Contains(name) == true)
            return;
        if (kind.Kind == "Pod" && Violations(enforced ?? otherwise?.Enforce, spec) is { Count: > 0 } refused)
        {
            var level = enforced is null ? $"{otherwise?.Enforce}:latest" : LevelOf(labels, "enforce");
            throw ApiFailure.Forbidden(kind, item.TextAt("metadata", "name") ?? "",
                $"violates PodSecurity \"{level}\": {string.Join(", ", refused)}");
        }

        if (Violations(labels[Prefix + "warn"].Text(), spec) is { Count: > 0 } warned)
            options.Warn($"would violate PodSecurity \"{LevelOf(labels, "warn")}\": {string.Join(", ", warned)}");
    }

    private static string LevelOf(JsonObject labels, string mode) =>
        $"{labels[Prefix + mode].Text()}:{labels[Prefix + mode + "-version"].Text() ?? "latest"}";

    private static List<string> Violations(string? level, JsonObject spec)
    {
        var problems = new List<string>();
        if (level is "baseline" or "restricted")
            AddBaseline(spec, problems);
        if (level == "restricted")
            AddRestricted(spec, problems);
        return problems;
    }

    private static void AddBaseline(JsonObject spec, List<string> problems)
    {
        var hosts = HostFields.Where(name => spec[name].IsTrue())
            .Select(name => name + "=true").ToList();
        if (hosts.Count > 0)
            problems.Add($"host namespaces ({string.Join(", ", hosts)})");
        var volumes = (spec["volumes"] as JsonArray ?? []).Where(volume => volume.At("hostPath") is not null)
            .Select(volume => $"\"{volume.TextAt("name")}\"").ToList();
        if (volumes.Count > 0)
            problems.Add($"hostPath volumes (volume{(volumes.Count > 1 ? "s" : "")} {string.Join(", ", volumes)})");
        Add(spec, problems, "privileged ({0} must not set securityContext.privileged=true)",
            container => container.At("securityContext", "privileged").IsTrue());
        Add(spec, problems, "hostPort ({0} uses a hostPort)",
            container => (container["ports"] as JsonArray ?? []).Any(port => port.At("hostPort").Number() is > 0));
    }

    private static void AddRestricted(JsonObject spec, List<string> problems)
    {
        Add(spec, problems,
            "allowPrivilegeEscalation != false ({0} must set securityContext.allowPrivilegeEscalation=false)",
            container => container.At("securityContext", "allowPrivilegeEscalation")?.IsTrue() is not false);
        Add(spec, problems, "unrestricted capabilities ({0} must set securityContext.capabilities.drop=[\"ALL\"])",
            container => (container.At("securityContext", "capabilities", "drop") as JsonArray ?? [])
                .All(each => each.Text() != "ALL"));
        var volumes = (spec["volumes"] as JsonArray ?? []).OfType<JsonObject>()
            .SelectMany(volume => volume.Where(pair => pair.Key != "name" && pair.Value is not null)
                .Where(pair => Array.IndexOf(RestrictedVolumes, pair.Key) < 0)
                .Select(pair => $"volume \"{volume["name"].Text()}\" uses restricted volume type \"{pair.Key}\""))
            .ToList();
        if (volumes.Count > 0)
            problems.Add($"restricted volume types ({string.Join(", ", volumes)})");
        if (spec.At("securityContext", "runAsNonRoot").IsTrue() is false)
        {
            Add(spec, problems, "runAsNonRoot != true (pod or {0} must set securityContext.runAsNonRoot=true)",
                container => !container.At("securityContext", "runAsNonRoot").IsTrue());
        }

        if (!IsConfined(spec))
        {
            Add(spec, problems,
                "seccompProfile (pod or {0} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or "
                + "\"Localhost\")",
                container => !IsConfined(container));
        }
    }

    private static bool IsConfined(JsonObject item) =>
        item.TextAt("securityContext", "seccompProfile", "type") is "RuntimeDefault" or "Localhost";

    private static void Add(JsonObject spec, List<string> problems, string text, Func<JsonObject, bool> isBad)
    {
        var names = Defaults.Containers(spec).Where(pair => isBad(pair.Container))
            .Select(pair => $"\"{pair.Container["name"].Text()}\"").ToList();
        if (names.Count == 0)
            return;
        var who = (names.Count > 1 ? "containers " : "container ") + string.Join(", ", names);
        problems.Add(text.Replace("{0}", who, StringComparison.Ordinal));
    }
}
