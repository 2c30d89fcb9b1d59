using Orrery.Model.Values;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.Git;
using Orrery.Simulation.Time;

namespace Orrery.Tests.Rehearsal.Planted;

/// <summary>
/// What people keep in the repository of cosmos beside what is rendered: an Application of their own, whose image is
/// followed. Breaks off when no newer build of it was written back.
/// </summary>
internal static class PeoplesApplication
{
    private const string Repository = "https://github.com/example/moonrepo";
    private const string Image = "ghcr.io/example/web";
    private const string Written = "cosmos/overlays/prod/web/.argocd-source-web.yaml";

    private const string Application = """
        apiVersion: argoproj.io/v1alpha1
        kind: Application
        metadata: { name: web, namespace: argocd }
        spec:
          project: cosmos
          destination: { namespace: web, server: "https://kubernetes.default.svc" }
          source:
            path: cosmos/overlays/prod/web
            repoURL: git@github.com:example/moonrepo.git
            targetRevision: main
          syncPolicy: { automated: { selfHeal: true }, syncOptions: [CreateNamespace=true] }
        """;

    private const string Workload = $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: { name: web }
        spec:
          selector: { matchLabels: { app: web } }
          template:
            metadata: { labels: { app: web } }
            spec: { containers: [{ name: web, image: "{{Image}}:1" }] }
        """;

    public static Interposed Interposed { get; } = new() { StepBegins = Play };

    private static void Play(Stage stage, string step)
    {
        var built = VirtualNow(stage);
        switch (step)
        {
            case "up":
                stage.Site.Images.Push(Image, "1", built);
                Remote(stage).Commit(
                    "main",
                    ValueMap.Of(
                        ("cosmos/argocd/apps/web.yaml", Application),
                        ("cosmos/overlays/prod/web/kustomization.yaml", "resources: [web.yaml]\n"),
                        ("cosmos/overlays/prod/web/web.yaml", Workload)),
                    [],
                    new GitNote("Add web", "people <people@example.org>", built));
                break;
            case "second-up":
                // By number 10 is the newest and by letters 9 would be; one that is no number does not count.
                stage.Site.Images.Push(Image, "9", built.AddSeconds(1));
                stage.Site.Images.Push(Image, "10", built.AddSeconds(2));
                stage.Site.Images.Push(Image, "latest", built.AddSeconds(3));
                break;
            case "destroy":
                var head = Remote(stage).Head("main") ?? "";
                Remote(stage).ReadFile(head, Written).ShouldBe($"kustomize:\n  images:\n  - {Image}:10\n");
                break;
        }
    }

    private static BareRepository Remote(Stage stage) => stage.Site.Remotes.Find(Repository).ShouldNotBeNull();

    private static DateTimeOffset VirtualNow(Stage stage) => VirtualClock.Epoch + stage.Clock.Now;
}
