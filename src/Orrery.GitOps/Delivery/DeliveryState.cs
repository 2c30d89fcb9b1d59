using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>How far an engine is with one thing that it delivers, as it was seen.</summary>
/// <param name="Words">The engine's, for people; none before its first look.</param>
/// <param name="Message">What the engine says about it.</param>
public sealed record DeliveryState(string Name, bool IsReady, ValueList<string> Words, string Message)
{
    /// <summary>The engine has not looked at it for too long: whatever is said of it may be over.</summary>
    public bool IsOld { get; init; }

    /// <summary>Healthy, in sync, and through with its last operation.</summary>
    /// <param name="application">The object, as the API gives it.</param>
    /// <param name="since">What was seen before this is old; as Kubernetes writes moments, empty for none.</param>
    public static DeliveryState OfApplication(Value.Map application, string since = "")
    {
        var status = Below(application, "status");
        var operation = Below(status, "operationState");
        var messages = Conditions(status).Select(condition => Text(condition, "message"))
            .Append(Text(operation, "message"));
        string[] words =
        [
            Text(Below(status, "health"), "status"),
            Text(Below(status, "sync"), "status"),
            application["operation"] is Value.Map ? "Running" : Text(operation, "phase"),
        ];
        // Both are of one clock and of one form, in which the order of texts is that of time.
        var isOld = string.CompareOrdinal(Text(status, "reconciledAt"), since) < 0;
        return new DeliveryState(
            Text(Below(application, "metadata"), "name"),
            !isOld && words is ["Healthy", "Synced", "Succeeded"],
            words.Where(word => word.Length > 0).ToValueList(),
            string.Join("; ", messages.Where(message => message.Length > 0).Distinct()))
        {
            IsOld = isOld,
        };
    }

    /// <summary>
    /// Ready for what it says now: Flux has seen this generation, and applied the revision that its source has.
    /// </summary>
    /// <param name="item">
    /// A source, Kustomization or HelmRelease, named <c>Kustomization flux-system/prod</c>.
    /// </param>
    /// <param name="revision">That a Kustomization shall have applied; null where there is none yet.</param>
    /// <param name="since">
    /// As above, for Kustomizations: Flux begins each look at one by saying that it is not known to be ready.
    /// </param>
    public static DeliveryState OfFlux(Value.Map item, string? revision, string since = "")
    {
        var (metadata, status) = (Below(item, "metadata"), Below(item, "status"));
        var (kind, spec) = (Text(item, "kind"), Below(item, "spec"));
        var isKustomization = kind == "Kustomization";
        var ready = Conditions(status).FirstOrDefault(condition => Text(condition, "type") == "Ready");
        var isSeen = Number(status, "observedGeneration") >= Number(metadata, "generation");
        var isApplied = !isKustomization || (revision is not null && Text(status, "lastAppliedRevision") == revision);
        var isOld = isKustomization && ready is not null
            && string.CompareOrdinal(Text(ready, "lastTransitionTime"), since) < 0;
        // Flux says nothing of these: https://fluxcd.io/flux/components/source/helmrepositories/#helm-oci-repository.
        var isStatic = kind == "HelmRepository" && Text(spec, "type") == "oci";
        string[] words =
        [
            ready is null ? "" : $"Ready {Text(ready, "status")}",
            ready is null ? "" : Text(ready, "reason"),
            isSeen || ready is null ? "" : "of an earlier generation",
            isApplied || ready is null ? "" : "of another revision than its source",
            spec["suspend"] is Value.Bool { Is: true } ? "suspended" : "",
        ];
        return new DeliveryState(
            $"{kind} {Text(metadata, "namespace")}/{Text(metadata, "name")}",
            isStatic || (!isOld && isSeen && isApplied && ready is not null && Text(ready, "status") == "True"),
            words.Where(word => word.Length > 0).ToValueList(),
            ready is null ? "" : Text(ready, "message"))
        {
            IsOld = isOld,
        };
    }

    private static IEnumerable<Value.Map> Conditions(Value.Map status) =>
        status["conditions"] is Value.List list ? list.Items.OfType<Value.Map>() : [];

    private static Value.Map Below(Value.Map map, string field) => map[field] as Value.Map ?? Value.Map.Empty;

    private static string Text(Value.Map map, string field) => map[field].AsText() ?? "";

    private static decimal Number(Value.Map map, string field) => map[field] is Value.Number number ? number.Of : 0;
}
