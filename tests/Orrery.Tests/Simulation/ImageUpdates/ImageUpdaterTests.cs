using Orrery.Simulation.ImageUpdates;
using Orrery.Tests.Simulation.ArgoCd;
using Orrery.Tests.Simulation.GitHub;
using static Orrery.Tests.Simulation.ArgoCd.ArgoScene;

namespace Orrery.Tests.Simulation.ImageUpdates;

public sealed class ImageUpdaterTests
{
    private const string Image = "ghcr.io/shop/web";
    private const string Numeric = "updateStrategy: newest-build, allowTags: 'regexp:^[0-9]+$'";
    private const string OwnToken =
        $"writeBackConfig: {{method: 'git:secret:argocd/git-creds', gitConfig: {{branch: main, repository:"
            + $" '{GitHubDriver.Url}'}}}}";

    private static readonly DateTimeOffset Built = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ArgoScene _scene = new();
    private readonly ImageRegistry _registry = new();
    private readonly ImageUpdaterController _updater;

    public ImageUpdaterTests()
    {
        _scene.Install();
        _scene.Workload("Deployment", "argocd", "argocd-image-updater");
        _scene.Ready("Deployment", "argocd", "argocd-image-updater");
        _scene.Make(
            $"{{apiVersion: v1, kind: Secret, metadata: {{name: git-creds, namespace: argocd}}, stringData:"
                + $" {{username: octocat, password: {GitHubDriver.PushToken}}}}}");
        _scene.Push(
            ("overlays/prod/shop/kustomization.yaml",
                "# ours\nresources: [web.yaml]\nimages:\n- name: other\n  newTag: \"7\"\n"),
            ("overlays/prod/shop/web.yaml", Deployment("web", image: Image + ":1")));
        _scene.Make(Application("shop", "path: overlays/prod/shop, targetRevision: main"));
        _registry.Push(Image, "1", Built);
        _updater = new ImageUpdaterController(_scene.Store, _scene.Agenda, _scene.GitHub.Remotes, _registry);
        _scene.Wait(30);
    }

    private string Running => _scene.Store.Get("apps/v1", "Deployment", "shop", "web")!["spec"]!["template"]!["spec"]!
        ["containers"]![0]!["image"]!.GetValue<string>();

    [Fact]
    public void A_newer_build_is_committed_with_its_own_token_and_delivered()
    {
        Follow(Numeric);
        _registry.Push(Image, "9", Built.AddHours(1));
        _registry.Push(Image, "10", Built.AddHours(2));
        _registry.Push(Image, "latest", Built.AddHours(3));
        _scene.Wait(400);

        var head = _scene.GitHub.Platform.Head("main")!;
        _scene.GitHub.Platform.ReadFile(head, "overlays/prod/shop/.argocd-source-shop.yaml")
            .ShouldBe($"kustomize:\n  images:\n  - {Image}:10\n");
        _scene.GitHub.Platform.MessageOf(head).ShouldBe(
            "build: automatic update of shop\n\nupdates image shop/web tag '1' to '10'\n");
        _scene.GitHub.Platform.AuthorOf(head).ShouldStartWith("argocd-image-updater <noreply@argoproj.io> ");
        Running.ShouldBe($"{Image}:10");
        _scene.GitHub.Platform.History(head).Count.ShouldBe(2, "what is written already is not written again");
    }

    [Fact]
    public void The_kustomization_is_changed_where_that_is_the_target()
    {
        Follow(Numeric, OwnToken
            .Replace("branch: main", "branch: main, writeBackTarget: kustomization", StringComparison.Ordinal));
        _registry.Push(Image, "2", Built.AddHours(1));
        _scene.Wait(400);
        var head = _scene.GitHub.Platform.Head("main")!;
        _scene.GitHub.Platform.ReadFile(head, "overlays/prod/shop/kustomization.yaml").ShouldBe(
            $"# ours\nresources: [web.yaml]\nimages:\n- name: {Image}\n  newTag: \"2\"\n- name: other\n  newTag:"
                + $" \"7\"\n");
        Running.ShouldBe($"{Image}:2");
    }

    [Fact]
    public void With_annotations_nothing_else_of_the_resource_counts()
    {
        _scene.Make(
            Updater($"namePattern: '*', useAnnotations: true, commonUpdateSettings: {{{Numeric}}}",
                $"commonUpdateSettings: {{{Numeric}}}, {OwnToken}"));
        _registry.Push(Image, "2", Built.AddHours(1));
        _scene.Wait(400);
        Running.ShouldBe($"{Image}:1", "no annotation names an image");

        var application = _scene.App("shop");
        application["metadata"]!["annotations"] = Orrery.Simulation.Kubernetes.Requests.YamlDocuments.Parse(
            $"{{argocd-image-updater.argoproj.io/image-list: 'web={Image}',"
                + $" argocd-image-updater.argoproj.io/web.update-strategy: newest-build}}");
        _scene.Store.Update(application);
        _scene.Wait(400);
        Running.ShouldBe($"{Image}:2");
        _scene.GitHub.Platform.History(_scene.GitHub.Platform.Head("main")!).Count
            .ShouldBe(1, "the write-back of the resource is not read: it goes into the Application");
    }

    [Theory]
    [InlineData("repocreds", "git", "has been marked as read only")]
    [InlineData("a Secret that is not there", "git:secret:argocd/none", "secrets \"none\" not found")]
    [InlineData("a Secret elsewhere", "git:secret:shop/git-creds", "not in the namespace of the ImageUpdater")]
    public void What_may_not_push_changes_nothing_and_says_so(string what, string method, string said)
    {
        Follow(Numeric, $"writeBackConfig: {{method: '{method}'}}");
        _registry.Push(Image, "2", Built.AddHours(1));
        _scene.Wait(400);
        Running.ShouldBe($"{Image}:1", what);
        string.Join('\n', _updater.Log).ShouldContain(said);
        string.Join('\n', _updater.Log).ShouldNotContain(GitHubDriver.PushToken);
    }

    [Fact]
    public void A_private_registry_wants_the_password_of_the_pull_secret()
    {
        _registry.Protect("ghcr.io/shop", "ghp_pull");
        Follow(Numeric);
        _registry.Push(Image, "2", Built.AddHours(1));
        _scene.Wait(200);
        Running.ShouldBe($"{Image}:1");
        const string auths = """{"auths":{"ghcr.io":{"username":"u","password":"ghp_pull"}}}""";
        _scene.Make("{apiVersion: v1, kind: Secret, metadata: {name: image-pull, namespace: argocd}, "
            + $"type: kubernetes.io/dockerconfigjson, stringData: {{.dockerconfigjson: '{auths}'}}}}");
        _scene.Make(
            "{apiVersion: v1, kind: ConfigMap, metadata: {name: argocd-image-updater-config, namespace: argocd},"
                + " data: {registries.conf: '{registries: [{prefix: ghcr.io, credentials:"
                + " \"pullsecret:argocd/image-pull\"}]}'}}");
        _scene.Wait(400);
        Running.ShouldBe($"{Image}:2");
    }

    [Theory]
    [InlineData("newest-build", null, null, "1.9.0")]
    [InlineData("latest", "regexp:^[0-9]+$", null, "20")]
    [InlineData("semver", null, null, "100")]
    [InlineData("semver", null, "1.x", "1.10.0")]
    [InlineData("semver", null, "~1.9", "1.9.0")]
    [InlineData("semver", null, "^1.2", "1.10.0")]
    [InlineData("numeric", null, null, "100")]
    [InlineData("alphabetical", null, null, "main")]
    [InlineData("name", "regexp:^1\\.", null, "1.9.0")]
    [InlineData("digest", null, "main", "main")]
    [InlineData("digest", null, null, null)]
    [InlineData("newest-build", "^[0-9]+$", null, null)]
    public void A_strategy_chooses_a_tag(string strategy, string? allow, string? constraint, string? expected)
    {
        var registry = new ImageRegistry();
        foreach (
            var (tag, age) in (
                (string, int)[])[("100", 9), ("20", 8), ("1.10.0", 7), ("1.9.0", 1), ("main", 5), ("2.0.0-rc1", 6)])
            registry.Push("x", tag, Built.AddDays(-age));
        TagChoice.Best(new TagRules(strategy, allow, [], constraint), registry.TagsOf("x", null)!)?.Name
            .ShouldBe(expected);
    }

    private void Follow(string settings, string writeBack = OwnToken) => _scene.Make(Updater(
        $"namePattern: shop, images: [{{alias: web, imageName: {Image}}}]",
            $"commonUpdateSettings: {{{settings}}}, {writeBack}"));

    private static string Updater(string reference, string more) =>
        $"{{apiVersion: argocd-image-updater.argoproj.io/v1alpha1, kind: ImageUpdater, metadata: {{name: prod,"
            + $" namespace: argocd}}, spec: {{applicationRefs: [{{{reference}}}], {more}}}}}";
}
