using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>How a request wants something deleted: of its body and of its parameters.</summary>
internal static class DeleteBody
{
    private static readonly string[] Propagations = ["Background", "Foreground", "Orphan"];

    public static DeleteOptions Of(RequestInfo info)
    {
        var body = info.Request.Body.IsEmpty ? new JsonObject() : RequestBody.Parse(info) as JsonObject ?? [];
        var propagation = body["propagationPolicy"].Text()
            ?? (info.Query.Has("propagationPolicy") ? info.Query["propagationPolicy"] : null);
        if (body["orphanDependents"] is { } orphan)
            propagation = orphan.IsTrue() ? "Orphan" : "Background";
        if (propagation is not null && Array.IndexOf(Propagations, propagation) < 0)
        {
            throw ApiFailure.Invalid("", "DeleteOptions", "",
                [FieldProblem.NotSupported("propagationPolicy", propagation, [.. Propagations, "nil"])]);
        }

        var isDryRun = info.Query.IsDryRun || body["dryRun"] is JsonArray { Count: > 0 };
        return new DeleteOptions
        {
            Propagation = propagation,
            GracePeriodSeconds = body["gracePeriodSeconds"].Number()
                ?? (long.TryParse(info.Query["gracePeriodSeconds"], out var grace) ? grace : null),
            Uid = body.TextAt("preconditions", "uid"),
            ResourceVersion = body.TextAt("preconditions", "resourceVersion"),
            IsDryRun = isDryRun,
        };
    }
}
