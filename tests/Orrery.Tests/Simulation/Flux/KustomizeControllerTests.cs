using System.Text;
using System.Text.Json.Nodes;
using Orrery.GitOps.Delivery;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Simulation.Flux;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;
using Orrery.Tests.GitOps;
using Orrery.Tests.Secrets;
using YamlDocuments = Orrery.Simulation.Kubernetes.Requests.YamlDocuments;

namespace Orrery.Tests.Simulation.Flux;

/// <summary>Flux's decryption: what we give it opens documents, and what is not as it must be is refused.</summary>
public sealed class KustomizeControllerTests : IArtifacts
{
    private const string Folder = "cosmos/clusters/prod";

    private const string Plain = """
        apiVersion: v1
        kind: Secret
        metadata: { name: web, namespace: shop }
        stringData: { password: tulip }
        """;

    private static readonly IIdentity Key = AgeIdentity.Generate(SeededRandom.From(1));
    private static readonly GitOpsEngine Engine = FluxPlatform.Cluster.GitOps.ShouldNotBeNull();
    private static readonly IIdentity Other = AgeIdentity.Generate(SeededRandom.From(2));

    private readonly Agenda _agenda = new();
    private readonly KubernetesApi _api;
    private readonly Dictionary<string, string> _files = [];

    public KustomizeControllerTests()
    {
        _api = new KubernetesApi(new KubernetesApiOptions(), _agenda);
        foreach (var definition in CustomKinds.Of(
            "kustomize.toolkit.fluxcd.io/v1 kustomizations Kustomization status",
            "source.toolkit.fluxcd.io/v1 gitrepositories GitRepository status"))
        {
            Store.Create(definition);
        }

        Wait(1);
        foreach (var ns in (string[])["flux-system", "shop"])
            Make($"{{apiVersion: v1, kind: Namespace, metadata: {{name: {ns}}}}}");
        _ = new KustomizeController(Store, _agenda, this);
        _files[$"{Folder}/web.sops.yaml"] = Encrypted(Plain);
    }

    private ClusterStore Store => _api.Store;

    Artifact? IArtifacts.Find(string kind, string ns, string name) =>
        Store.Get("source.toolkit.fluxcd.io/v1", kind, ns, name) is null
            ? null
            : new Artifact("main@sha1:1", ValueMap.From(_files));

    [Fact]
    public void What_we_give_Flux_opens_what_is_encrypted_to_the_cluster()
    {
        Begin();
        Condition().ShouldBe("True ReconciliationSucceeded Applied revision: main@sha1:1");
        Password().ShouldBe("tulip");
    }

    [Fact]
    public void What_is_encrypted_to_the_identity_before_opens_too()
    {
        Begin(identity: Other, former: Key);
        Password().ShouldBe("tulip");
    }

    [ContractFact]
    public void All_that_Flux_is_given_holds_its_contract()
    {
        foreach (var manifest in Objects(Key, Other))
            ObjectContract.Holds(manifest);
    }

    [Fact]
    public void Keys_stay_sensitive() => YamlText.WriteAll(Objects(Key, Other).Where(IsPublic).ToValueList())
        .ShouldNotContain("AGE-SECRET-KEY");

    [Fact]
    public void Without_decryption_an_encrypted_Secret_is_refused_by_the_controller()
    {
        Begin(change: spec => spec.Remove("decryption"));
        Condition().ShouldBe("False ReconciliationFailed Secret/shop/web is SOPS encrypted, configuring decryption is"
            + " required for this secret to be reconciled");
        Password().ShouldBeNull();
    }

    [Fact]
    public void Without_decryption_anything_else_that_is_encrypted_is_refused_by_the_API_server()
    {
        var configuration = Plain.Replace("Secret", "ConfigMap").Replace("stringData", "data");
        _files[$"{Folder}/web.sops.yaml"] = Encrypted(configuration);
        Begin(change: spec => spec.Remove("decryption"));
        Condition().ShouldStartWith("False ReconciliationFailed ConfigMap/shop/web dry-run failed:");
        Condition().ShouldContain(".sops: field not declared in schema");
    }

    [Fact]
    public void Without_its_Secret_nothing_is_built_and_with_it_the_next_try_succeeds()
    {
        Begin(without: "sops-age");
        Condition().ShouldBe("False BuildFailed secrets \"sops-age\" not found");
        Apply(Objects(Key, null).Single(manifest => NameOf(manifest) == "sops-age"));
        Wait(90);
        Password().ShouldBe("tulip");
    }

    [Fact]
    public void A_decryption_that_names_no_Secret_has_no_keys()
    {
        Begin(change: spec => ((JsonObject)spec["decryption"]!).Remove("secretRef"));
        Condition().ShouldContain("cannot get sops data key: Error getting data key: 0 successful groups required");
    }

    [Fact]
    public void Another_identity_is_refused_and_the_document_is_named()
    {
        Begin(identity: Other);
        Condition().ShouldStartWith("False BuildFailed decryption failed for 'Secret.v1.[noGrp]/web': failed to decrypt"
            + " and format 'shop/web' Secret data: cannot get sops data key:");
        Password().ShouldBeNull();
    }

    [Theory]
    [InlineData("identity.txt", "cannot get sops data key")]
    [InlineData("identity", "cannot get sops data key")]
    public void A_key_that_is_not_named_as_one_is_passed_over(string name, string said)
    {
        Begin(without: "sops-age");
        Make($"{{apiVersion: v1, kind: Secret, metadata: {{name: sops-age, namespace: flux-system}}, stringData:"
            + $" {{{name}: {Key.Export()}}}}}");
        Wait(90);
        Condition().ShouldContain(said);
    }

    [Fact]
    public void A_key_that_is_none_is_named()
    {
        Begin(without: "sops-age");
        Make("{apiVersion: v1, kind: Secret, metadata: {name: sops-age, namespace: flux-system}, stringData:"
            + " {a.agekey: nonsense}}");
        Wait(90);
        Condition().ShouldStartWith(
            "False BuildFailed failed to import 'a.agekey' data from sops decryption Secret 'flux-system/sops-age'");
        Condition().ShouldNotContain("nonsense");
    }

    /// <summary>A build changes more than values, and so Flux does not look at the MAC.</summary>
    [Fact]
    public void A_label_that_was_added_later_changes_nothing_and_a_changed_value_is_refused()
    {
        var file = _files[$"{Folder}/web.sops.yaml"];
        _files[$"{Folder}/web.sops.yaml"] = file.Replace("metadata: {", "metadata: { labels: { a: b },");
        Begin();
        Password().ShouldBe("tulip");
        _files[$"{Folder}/web.sops.yaml"] = file.Replace(",data:", ",data:A");
        Wait(700);
        Condition().ShouldContain("error decrypting sops tree: Could not decrypt value");
    }

    [Fact]
    public void What_is_gone_from_the_path_is_pruned()
    {
        Begin();
        _files.Remove($"{Folder}/web.sops.yaml");
        _files[$"{Folder}/other.yaml"] = "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: shop}}";
        Wait(700);
        Condition().ShouldStartWith("True");
        Password().ShouldBeNull();
    }

    [ContractTheory]
    [InlineData("files/file.txt", "value")]
    [InlineData("envs/env.env", "key=value\n")]
    public void A_file_that_is_encrypted_within_a_Secret_opens(string path, string expected)
    {
        const string flux = "flux-kustomize-controller";
        var file = File.ReadAllBytes(ContractFolder.Of(["sops", flux, .. path.Split('/')]));
        _files[$"{Folder}/web.sops.yaml"] = Plain.Replace("stringData: { password: tulip }",
            $"data: {{ password: {Convert.ToBase64String(file)} }}");
        var keys = File.ReadAllText(ContractFolder.Of("sops", flux, "keys", "age.txt"));
        Begin(without: "sops-age");
        Make("{apiVersion: v1, kind: Secret, metadata: {name: sops-age, namespace: flux-system}, data:"
            + $" {{a.agekey: {Convert.ToBase64String(Encoding.UTF8.GetBytes(keys))}}}}}");
        Wait(90);
        Password().ShouldBe(expected, Condition());
    }

    /// <summary>Applies all that Flux is given, together, and waits.</summary>
    private void Begin(
        IIdentity? identity = null, IIdentity? former = null, string? without = null, Action<JsonObject>? change = null)
    {
        foreach (var manifest in Objects(identity ?? Key, former).Where(each => NameOf(each) != without))
            Apply(manifest, change);
        Wait(10);
    }

    private void Apply(Value.Map manifest, Action<JsonObject>? change = null)
    {
        var item = (JsonObject)JsonNode.Parse(ObjectContract.JsonOf(manifest).GetRawText())!;
        if (item.TextAt("kind") == "Kustomization")
            change?.Invoke((JsonObject)item["spec"]!);
        Store.Create(item);
    }

    private static ValueList<Value.Map> Objects(IIdentity identity, IIdentity? former) =>
    [
        BootstrapSecrets.Repository(
            Engine, FluxPlatform.Platform.Repository, new Value.Sensitive("a private key"), "ssh-ed25519 AAAA"),
        BootstrapSecrets.SopsAge(
            Engine, new Value.Sensitive(identity.Export()),
            former is null ? null : new Value.Sensitive(former.Export())),
        .. Bootstrap.Of(FluxPlatform.Platform, FluxPlatform.Cluster).ShouldNotBeNull().Root,
    ];

    private static bool IsPublic(Value.Map manifest) => manifest["kind"].AsText() != "Secret";

    private static string? NameOf(Value.Map manifest) => ((Value.Map)manifest["metadata"])["name"].AsText();

    private static string Encrypted(string plain) => Encoding.UTF8.GetString(SopsFile.Encrypt(
        Encoding.UTF8.GetBytes(plain),
        SopsFormat.Yaml,
        CreationRule.For($"{Key.Recipient}") with
        {
            Selection = SopsSelection.Of("encrypted_regex", "^(data|stringData)$"),
        },
        DateTimeOffset.UnixEpoch,
        SeededRandom.From(3)));

    private string Condition()
    {
        var ready = Store.Get("kustomize.toolkit.fluxcd.io/v1", "Kustomization", "flux-system", "cosmos")
            .At("status", "conditions").Items().Single();
        return $"{ready.TextAt("status")} {ready.TextAt("reason")} {ready.TextAt("message")}";
    }

    private string? Password() => Store.Get("v1", "Secret", "shop", "web")?["data"]?["password"] is { } password
        ? Encoding.UTF8.GetString(Convert.FromBase64String($"{password}"))
        : null;

    private void Make(string yaml) => Store.Create((JsonObject)YamlDocuments.Parse(yaml)!);

    private void Wait(double seconds) => _agenda.AdvanceTo(_agenda.Now + TimeSpan.FromSeconds(seconds));
}
