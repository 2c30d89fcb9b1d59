using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Resolving;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Checks;

/// <summary>Names of components, what they require, and where they keep their data.</summary>
internal static class ComponentChecks
{
    public static void Run(ClusterView cluster, Problems problems)
    {
        Known(cluster, problems);
        Requirements(cluster, problems);
        Paths(cluster, problems);
    }

    private static void Known(ClusterView cluster, Problems problems)
    {
        var names = ComponentFields.Shape.Fields.Select(field => field.Name)
            .Concat(cluster.Declared.Components.Select(document => document.Name)).ToArray();
        foreach (var entry in cluster.Components.Node.Entries.Where(entry => !names.Contains(entry.Key)))
        {
            problems.Add(
                CheckCodes.UnknownComponent,
                entry.KeyMark,
                $"There is no component {Sentences.Quote(entry.Key)}.{Suggestion.Sentence(entry.Key, names)}",
                "declare one of your own with a document of `kind: Component`");
        }
    }

    private static void Requirements(ClusterView cluster, Problems problems)
    {
        foreach (var document in cluster.Declared.Components)
        {
            if (cluster.Components.Node.Find(document.Name) is null)
                continue;
            foreach (var required in document.Spec.Find(ComponentKind.Requires) ?? [])
                Requirement(cluster, document, required, problems);
        }
    }

    private static void Requirement(ClusterView cluster, Document document, string required, Problems problems)
    {
        var present = cluster.Components.Node.Entries.Select(entry => entry.Key).ToArray();
        if (present.Contains(required))
            return;
        problems.Add(
            CheckCodes.MissingRequirement,
            document.Spec.MarkOf(ComponentKind.Requires),
            $"\"{document.Name}\" requires \"{required}\", which the cluster \"{cluster.Name}\" does not have."
            + Suggestion.Sentence(required, present),
            $"add `{required}:` to the components of the cluster");
    }

    private static void Paths(ClusterView cluster, Problems problems)
    {
        var provisioner = cluster.Components.Under(ComponentFields.LocalPathProvisioner);
        Path(cluster, provisioner, ComponentFields.StoragePath, problems);
        var traefik = cluster.Components.Under(ComponentFields.Traefik).Under(ComponentFields.TraefikStorage);
        Path(cluster, traefik, ComponentFields.HostPath, problems);
        var monitoring = cluster.Components.Under(ComponentFields.KubePrometheusStack).Under(
            ComponentFields.Persistence);
        Path(cluster, monitoring, ComponentFields.Prometheus, problems);
        Path(cluster, monitoring, ComponentFields.Grafana, problems);
        Path(cluster, monitoring, ComponentFields.Alertmanager, problems);
    }

    private static void Path(ClusterView cluster, Section section, Field<string> field, Problems problems)
    {
        // A default path is where the distribution keeps it; only a path that somebody chose is meant to last.
        if (!section.Has(field) || section.Find(field) is not { } path)
            return;
        var kept = cluster.Pools.SelectMany(ClusterView.VolumesOf)
            .Where(volume => volume.Value.TryGet(NodePoolFields.Retain, out var retain) && retain)
            .Select(NodePoolResolver.MountPathOf)
            .ToArray();
        if (kept.Any(mount => path == mount || path.StartsWith(mount + "/", StringComparison.Ordinal)))
            return;
        problems.Add(
            CheckCodes.PathNotKept,
            section.MarkOf(field),
            $"No retained volume is mounted at {path} or above it, so its content is lost with the machine.",
            kept.Length > 0
                ? $"use a folder below {Sentences.List(kept)}"
                : "add a volume to the pool: `volumes: { data: { size: 50G, mountPath: /data, retain: true } }`");
    }
}
