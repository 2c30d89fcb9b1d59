using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes.Cluster;

/// <summary>Accepts the names of CustomResourceDefinitions, establishes them, and takes them away again.</summary>
internal sealed class DefinitionController
{
    private const string ApiVersion = "apiextensions.k8s.io/v1";

    private readonly ClusterStore _store;
    private readonly Agenda _agenda;
    private readonly TimeSpan _delay;
    private readonly Dictionary<string, TimeSpan> _establishedAt = new(StringComparer.Ordinal);

    public DefinitionController(ClusterStore store, Agenda agenda, TimeSpan delay)
    {
        (_store, _agenda, _delay) = (store, agenda, delay);
        store.Changed += Look;
    }

    /// <summary>Since when objects of a definition can be written; null where they cannot.</summary>
    public TimeSpan? EstablishedAt(string name) =>
        _establishedAt.TryGetValue(name, out var moment) ? moment : null;

    /// <summary>A definition that was established before: its kinds are served at once.</summary>
    public void Accept(JsonObject definition)
    {
        if (definition.At("status", "conditions").IsEmpty())
            return;
        Serve(definition);
        _establishedAt.TryAdd(definition.TextAt("metadata", "name") ?? "", _agenda.Now);
    }

    private void Look(StoreChange change)
    {
        if (change.Kind.Kind != "CustomResourceDefinition" || change.Kind.Definition is not null)
            return;
        var name = change.Object.TextAt("metadata", "name") ?? "";
        if (change.Type == ChangeType.Deleted)
        {
            _store.Kinds.RemoveDefinition(name);
            _establishedAt.Remove(name);
        }
        else if (change.Object.At("metadata", "deletionTimestamp") is null && NeedsWork(change))
            _agenda.After(_delay, () => Establish(name));
    }

    private static bool NeedsWork(StoreChange change) =>
        change.Before is null || !JsonNode.DeepEquals(change.Before["spec"], change.Object["spec"]);

    private void Establish(string name)
    {
        if (_store.Get(ApiVersion, "CustomResourceDefinition", "", name) is not { } definition)
            return;
        Serve(definition);
        var status = definition.Child("status");
        status["acceptedNames"] = definition.At("spec", "names")?.DeepClone();
        if (status["conditions"].IsEmpty())
        {
            status["conditions"] = new JsonArray(
                Condition("NamesAccepted", "NoConflicts", "no conflicts found"),
                Condition("Established", "InitialNamesAccepted", "the initial names have been accepted"));
        }

        _establishedAt.TryAdd(name, _agenda.Now);
        _store.Update(definition, new WriteOptions { Manager = "kube-apiserver", Subresource = "status" });
    }

    private void Serve(JsonObject definition)
    {
        _store.Kinds.RemoveDefinition(definition.TextAt("metadata", "name") ?? "");
        foreach (var (kind, shape) in _store.Definitions.Establish(definition))
        {
            _store.Kinds.Add(kind);
            _store.Shapes.Set(kind, shape);
        }
    }

    private JsonObject Condition(string type, string reason, string message) => new()
    {
        ["type"] = type,
        ["status"] = "True",
        ["lastTransitionTime"] = _store.Now,
        ["reason"] = reason,
        ["message"] = message,
    };
}
