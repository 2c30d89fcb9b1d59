using System.Text.Json.Nodes;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes.Watching;

/// <summary>Why something does not come to be: its conditions, its last events, the logs of its failing pods.</summary>
internal sealed class Diagnosis(KubernetesClient client)
{
    private const int EventsMax = 5;
    private const int PodsMax = 3;
    private const int LogLines = 10;
    private const int TextMax = 4000;

    private static readonly ApiKind Event = new("", "v1", "Event");
    private static readonly ApiKind Pod = new("", "v1", "Pod");

    /// <summary>In one line: what an object says of itself.</summary>
    public static string LastSeen(KubernetesObject? found)
    {
        if (found is null)
            return "not there";
        if (found.IsTerminating)
        {
            var held = found.Finalizers.Concat(SpecFinalizers(found)).ToList();
            var why = found.Conditions.Where(condition => condition is { IsTrue: true, Message.Length: > 0 })
                .Select(condition => condition.Message);
            return string.Join("; ", [
                held.Count > 0 ? $"being deleted, held by {string.Join(", ", held)}" : "being deleted", .. why]);
        }

        var phase = found.Status?.Text("phase");
        var bad = found.Conditions.Where(condition => !condition.IsTrue).Select(condition => condition.ToString());
        var told = string.Join("; ", bad.Prepend(phase ?? "").Where(text => text.Length > 0));
        return told.Length > 0 ? KubernetesErrors.Shorten(told) : "there, without a word on its state";
    }

    /// <summary>Several lines; never fails: a diagnosis that cannot be had is left out.</summary>
    public async Task<string> OfAsync(
        ObjectReference reference, KubernetesObject? last, CancellationToken cancellation)
    {
        var lines = new List<string> { $"last seen: {LastSeen(last)}" };
        await TryAsync(async () => lines.AddRange(await EventsAsync(reference, cancellation)));
        if (last is not null)
            await TryAsync(async () => lines.AddRange(await PodsAsync(last, cancellation)));
        var text = string.Join('\n', lines);
        return text.Length <= TextMax ? text : $"{text[..TextMax]}…";
    }

    private static IEnumerable<string> SpecFinalizers(KubernetesObject found) =>
        found.Json.Object("spec").Array("finalizers").Select(item => item.AsText() ?? "");

    private static async Task TryAsync(Func<Task> part)
    {
        try
        {
            await part();
        }
        catch (ProviderException)
        {
            // The reason why we ask is more important than what this adds to it.
        }
    }

    private async Task<IEnumerable<string>> EventsAsync(ObjectReference reference, CancellationToken cancellation)
    {
        var events = await client.ListAsync(
            Event,
            new ListScope
            {
                Namespace = reference.Namespace ?? "default",
                FieldSelector = $"involvedObject.kind={reference.Kind.Kind},involvedObject.name={reference.Name}",
            },
            cancellation);
        return events
            .OrderBy(entry => entry.Json.Text("lastTimestamp") ?? entry.Json.Text("eventTime") ?? "",
                StringComparer.Ordinal)
            .TakeLast(EventsMax)
            .Select(entry => "event: " + KubernetesErrors.Shorten(
                $"{entry.Json.Text("type")} {entry.Json.Text("reason")}: {entry.Json.Text("message")}"));
    }

    private async Task<IReadOnlyList<string>> PodsAsync(KubernetesObject owner, CancellationToken cancellation)
    {
        var pods = owner.Kind == Pod ? [owner] : await PodsOfAsync(owner, cancellation);
        var lines = new List<string>();
        foreach (var pod in pods.Where(IsFailing).Take(PodsMax))
        {
            lines.Add($"pod {pod.Name}: {LastSeen(pod)}");
            foreach (var container in FailingContainers(pod))
            {
                lines.Add($"  container {container.Text("name")}: {StateOf(container)}");
                await TryAsync(async () => lines.AddRange(await LogAsync(pod, container, cancellation)));
            }
        }

        return lines;
    }

    private async Task<IReadOnlyList<KubernetesObject>> PodsOfAsync(
        KubernetesObject owner, CancellationToken cancellation)
    {
        if (owner.Json.Object("spec")?.Object("selector")?.Object("matchLabels") is not { Count: > 0 } labels)
            return [];
        var selector = string.Join(',', labels.Select(label => $"{label.Key}={label.Value.AsText()}"));
        var scope = new ListScope { Namespace = owner.Namespace, LabelSelector = selector };
        return await client.ListAsync(Pod, scope, cancellation);
    }

    private async Task<IEnumerable<string>> LogAsync(
        KubernetesObject pod, JsonObject container, CancellationToken cancellation)
    {
        var request = new LogRequest(pod.Namespace ?? "default", pod.Name)
        {
            Container = container.Text("name"),
            TailLines = LogLines,
            // Of a container that starts again and again, the last run says why it ended.
            Previous = container.Number("restartCount") > 0,
        };
        var log = await client.LogsAsync(request, cancellation);
        return log.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(
            line => $"    {KubernetesErrors.Shorten(line)}");
    }

    private static bool IsFailing(KubernetesObject pod) =>
        pod.Status?.Text("phase") is not "Succeeded" && pod.Condition("Ready") is not { IsTrue: true };

    private static IEnumerable<JsonObject> FailingContainers(KubernetesObject pod) =>
        pod.Status.Array("initContainerStatuses").Concat(pod.Status.Array("containerStatuses")).OfType<JsonObject>()
            .Where(container => !container.IsTrue("ready") && !HasSucceeded(container));

    private static bool HasSucceeded(JsonObject container) =>
        container.Object("state")?.Object("terminated")?.Number("exitCode") == 0;

    private static string StateOf(JsonObject container)
    {
        var state = container.Object("state");
        if (state?.Object("waiting") is { } waiting)
            return KubernetesErrors.Shorten($"{waiting.Text("reason")} {waiting.Text("message")}");
        if (state?.Object("terminated") is { } ended)
            return $"ended with {ended.Number("exitCode")} ({ended.Text("reason")})";
        return "running and not ready";
    }
}
