using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>The class of a claim, with the default one for a claim that names none.</summary>
internal static class StorageClasses
{
    private const string IsDefault = "storageclass.kubernetes.io/is-default-class";

    public static string NameOf(ClusterStore store, JsonObject claim) =>
        claim.TextAt("spec", "storageClassName") ?? store.PeekAll("storage.k8s.io/v1", "StorageClass")
            .FirstOrDefault(item => item.TextAt("metadata", "annotations", IsDefault) == "true").Name();

    public static JsonObject? Of(ClusterStore store, JsonObject claim) =>
        store.Peek("storage.k8s.io/v1", "StorageClass", "", NameOf(store, claim));

    public static bool WaitsForConsumer(ClusterStore store, JsonObject claim) =>
        Of(store, claim).TextAt("volumeBindingMode") == "WaitForFirstConsumer";

    /// <summary>Bytes of a quantity such as <c>2Gi</c>; 0 where it is none.</summary>
    public static decimal Bytes(string? quantity)
    {
        var text = quantity ?? "";
        var digits = text.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
        if (!decimal.TryParse(text[..digits], System.Globalization.CultureInfo.InvariantCulture, out var number))
            return 0;
        return number * text[digits..] switch
        {
            "Ki" => 1L << 10,
            "Mi" => 1L << 20,
            "Gi" => 1L << 30,
            "Ti" => 1L << 40,
            "k" => 1_000,
            "M" => 1_000_000,
            "G" => 1_000_000_000,
            "T" => 1_000_000_000_000,
            _ => 1,
        };
    }
}
