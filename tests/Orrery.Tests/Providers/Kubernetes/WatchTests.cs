using System.Net;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Kubernetes.Watching;
using static Orrery.Tests.Providers.Kubernetes.KubernetesScene;

namespace Orrery.Tests.Providers.Kubernetes;

/// <summary>Watches lose sight of nothing, and waiting ends with a reason.</summary>
public class WatchTests
{
    private static readonly ListScope Web = new() { Namespace = "web" };

    [Fact]
    public void A_watch_goes_on_from_the_last_version_it_saw()
    {
        var scene = Scene(
            ListOf("10", "", Item("a", "9")),
            Line("ADDED", Item("b", "11")) + Line("BOOKMARK", Item("", "15")),
            Line("MODIFIED", Item("b", "16")) + Line("DELETED", Item("a", "17")));

        Seen(scene, 5).ShouldBe(["Added a", "Listed", "Added b", "Modified b", "Deleted a"]);

        Watches(scene).ShouldBe(["10", "15"]);
    }

    [Fact]
    public void A_forgotten_version_is_answered_with_a_new_list_that_tells_what_was_missed()
    {
        const string expired = """{"kind":"Status","code":410,"reason":"Expired","message":"too old"}""";
        var scene = Scene(
            ListOf("10", "", Item("a", "1"), Item("b", "2")),
            Line("ERROR", expired),
            ListOf("20", "", Item("b", "15"), Item("c", "16"), Item("d", "17")),
            Line("MODIFIED", Item("d", "21")));

        Seen(scene, 8).ShouldBe([
            "Added a", "Added b", "Listed", "Deleted a", "Modified b", "Added c", "Added d", "Listed"]);
    }

    [Fact]
    public void A_cut_line_is_not_half_an_event()
    {
        var cut = Line("MODIFIED", Item("a", "12"))[..40];
        var scene = Scene(
            ListOf("10", "", Item("a", "9")),
            Line("MODIFIED", Item("a", "11")) + cut,
            Line("MODIFIED", Item("a", "12")));

        Seen(scene, 4).ShouldBe(["Added a", "Listed", "Modified a", "Modified a"]);
        Watches(scene).ShouldBe(["10", "11"]);
    }

    [Fact]
    public void A_connection_that_falls_silent_is_given_up_and_every_sign_of_life_counts()
    {
        var scene = Scene(
            ListOf("10", ""),
            Line("ADDED", Item("a", "11")) + Hanging,
            Line("ADDED", Item("b", "12")));

        Seen(scene, 3).ShouldBe(["Listed", "Added a", "Added b"]);

        scene.Time.Now.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(75));
        scene.Time.Now.ShouldBeLessThan(TimeSpan.FromSeconds(80));
        scene.Time.ActiveTimers.ShouldBe(0);
    }

    [Fact]
    public void A_server_that_ends_each_connection_at_once_is_not_asked_without_a_pause()
    {
        var scene = Scene(ListOf("10", ""), "", "", "", Line("ADDED", Item("a", "11")));

        Seen(scene, 2).ShouldBe(["Listed", "Added a"]);

        scene.Time.Now.ShouldBe(TimeSpan.FromSeconds(1 + 2 + 4));
    }

    [Fact]
    public void A_refusal_for_good_ends_the_watch()
    {
        var scene = new KubernetesScene(_ => Status(403, "Forbidden"));

        Should.Throw<ProviderException>(() => Seen(scene, 1)).Code.ShouldBe(ProviderErrorCode.Unauthorized);
    }

    [Fact]
    public void Waiting_ends_as_soon_as_the_condition_holds()
    {
        var scene = Scene(ListOf("10", ""), Line("ADDED", Item("a", "11")));
        var wanted = WaitFor.Existence(new ObjectReference(ConfigMap, "web", "a"), TimeSpan.FromMinutes(1));

        var found = scene.Time.Run(() => scene.Client.WaitForAsync(wanted, scene.Operation, default));

        found!.ResourceVersion.ShouldBe("11");
        scene.Waited.ShouldBe([new WaitState("ConfigMap web/a is there", "not there")]);
        scene.Calls[^1].Query["fieldSelector"].ShouldBe("metadata.name=a");
    }

    [Fact]
    public void Waiting_in_vain_ends_with_the_state_the_events_and_the_log()
    {
        const string pod = """
            {"apiVersion":"v1","kind":"Pod","metadata":{"name":"web-1","namespace":"web","uid":"u",
            "resourceVersion":"9"},"status":{"phase":"Running","conditions":[{"type":"Ready","status":"False",
            "reason":"ContainersNotReady","message":"containers with unready status: [web]"}],"containerStatuses":[
            {"name":"web","ready":false,"restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff",
            "message":"back-off 40s"}}}]}}
            """;
        var scene = new KubernetesScene(call => call switch
        {
            { Path: "/api/v1/namespaces/web/events" } => Json("""
                {"kind":"EventList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"e"},
                "type":"Warning","reason":"BackOff","message":"Back-off restarting failed container",
                "lastTimestamp":"2026-01-01T00:00:00Z"}]}
                """),
            { Path: "/api/v1/namespaces/web/pods/web-1/log" } => Json("panic: no database\n"),
            _ when call.Query.ContainsKey("watch") => Json(""),
            _ => Json($$"""
                {"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"10"},"items":[{{pod}}]}
                """),
        });
        var reference = new ObjectReference(new ApiKind("", "v1", "Pod"), "web", "web-1");
        var wanted = WaitFor.ConditionOf(reference, "Ready", TimeSpan.FromSeconds(30));

        var refusal = Should.Throw<ProviderException>(
            () => scene.Time.Run(() => scene.Client.WaitForAsync(wanted, null, default)));

        refusal.Code.ShouldBe(ProviderErrorCode.Timeout);
        refusal.Message.ShouldBe("""
            Pod web/web-1 in prod: not seen within 30 s that it has the condition Ready
            last seen: Running; Ready=False (ContainersNotReady: containers with unready status: [web])
            event: Warning BackOff: Back-off restarting failed container
            pod web-1: Running; Ready=False (ContainersNotReady: containers with unready status: [web])
              container web: CrashLoopBackOff back-off 40s
                panic: no database
            """);
        scene.Lines.ShouldContain(
            "GET /api/v1/namespaces/web/pods/web-1/log?container=web&tailLines=10&previous=true&limitBytes=1048576");
        scene.Time.Now.ShouldBe(TimeSpan.FromSeconds(30));
    }

    private const string Hanging = "\u0004";

    private static IEnumerable<string> Watches(KubernetesScene scene) => scene.Calls
        .Where(call => call.Query.ContainsKey("watch")).Select(call => call.Query["resourceVersion"]);

    private static string Line(string type, string json) => $$"""{"type":"{{type}}","object":{{json}}}""" + "\n";

    /// <summary>Lists and watches are answered in this order; then nothing comes any more.</summary>
    private static KubernetesScene Scene(params string[] replies)
    {
        var next = 0;
        return new KubernetesScene(_ =>
        {
            var text = next < replies.Length ? replies[next++] : Hanging;
            return new HttpResponseMessage(HttpStatusCode.OK)
            {
                Content = new StreamContent(new Replied(
                    Encoding.UTF8.GetBytes(text.TrimEnd('\u0004')), text.EndsWith(Hanging, StringComparison.Ordinal))),
            };
        });
    }

    private static IEnumerable<string> Seen(KubernetesScene scene, int count)
    {
        var seen = new List<string>();
        scene.Time.Run(async () =>
        {
            await foreach (var change in scene.Client.WatchAsync(ConfigMap, Web, default))
            {
                seen.Add($"{change.Kind} {change.Object?.Name}".TrimEnd());
                if (seen.Count == count)
                    return;
            }
        });
        return seen;
    }

    /// <summary>A body that ends, or that falls silent.</summary>
    private sealed class Replied(byte[] bytes, bool hangs) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = await base.ReadAsync(buffer, cancellationToken);
            if (count == 0 && hangs)
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return count;
        }
    }
}
