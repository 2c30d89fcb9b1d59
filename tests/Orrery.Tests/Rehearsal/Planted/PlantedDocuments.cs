using System.Text;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Simulation.Time;

namespace Orrery.Tests.Rehearsal.Planted;

/// <summary>
/// SOPS documents that people keep for the cluster <c>prod</c> in the declaration's folder, beside an identity that was
/// made before the first run; and what may be wrong with those.
/// </summary>
internal static class PlantedDocuments
{
    private const string Folder = "secrets/prod";
    private const string Space = "shop";
    private const string Name = "database";
    private const string Word = "correct horse battery staple";

    private static readonly string Stranger = $"{RootOf(seed: 77).Recipient}";

    private const string Secret = $$"""
        apiVersion: v1
        kind: Secret
        metadata: { name: {{Name}}, namespace: {{Space}} }
        type: Opaque
        stringData: { password: {{Word}} }
        """;

    /// <summary>Null where there is none of that name.</summary>
    public static Interposed? Named(string name) => name switch
    {
        "documents" => new Interposed { StepBegins = Keep },
        "document-for-another" => new Interposed { StepBegins = ForAnother },
        "forgets-sops-key" => PlantedBugs.WithResources(static (resource, _) =>
            WithKeys(resource, static keys => keys.TryGetValue("keys.txt", out var key)
                ? keys.Without("keys.txt").With("key.txt", key)
                : keys.Without("identity.agekey").With("identity.txt", keys["identity.agekey"]))),
        "root-for-cluster" => PlantedBugs.WithResources(static (resource, _) => WithKeys(resource, static keys =>
            keys.With("root.txt", new Value.Sensitive(RootOf(seed: 1).Export())))),
        _ => null,
    };

    private static void Keep(Stage stage, string step)
    {
        if (step == "up")
        {
            var identity = OwnOf(stage);
            Put(stage, "keys/cluster-identity.sops.yaml", Encoding.UTF8.GetString(new KeyFile
            {
                Kind = "secret/cluster-identity",
                Texts = ValueMap.Of(("identity", identity.Export()), ("recipient", $"{identity.Recipient}")),
                Recipients = [$"{RootOf(stage.Seed).Recipient}"],
            }.Encrypt(Now(stage), new KeyPool(stage.Seed))));
            stage.Secrets.Made("the cluster's identity", identity.Export(), SecretPlaces.Clusters);
            stage.Secrets.Made("the password", Word, SecretPlaces.None);
            Put(stage, $"{Name}.sops.yaml", Encrypted(stage, $"{identity.Recipient}"));
            return;
        }

        var cluster = stage.ClustersOf(stage.Platform.Clusters["prod"]).ShouldHaveSingleItem();
        var found = cluster.Api.Store.Get("v1", "Secret", Space, Name);
        $"{found?["data"]?["password"]}".ShouldBe(Convert.ToBase64String(Encoding.UTF8.GetBytes(Word)), step);
        if (step == "rebuild")
            Put(stage, $"{Name}.sops.yaml", Encrypted(stage, $"{OwnOf(stage).Recipient}", Stranger));
        if (step == "destroy")
            IsPushedWithoutStrangers(stage);
    }

    /// <summary>Who may not read the document any more was taken out of it, and what was pushed is that.</summary>
    private static void IsPushedWithoutStrangers(Stage stage)
    {
        var repository = stage.Site.Remotes.Find(stage.Platform.Repository.Url).ShouldNotBeNull();
        var pushed = repository.ReadFile(
            repository.Head("main") ?? "", $"cosmos/overlays/prod/sops-secrets-{Space}/{Name}.sops.yaml");
        pushed.ShouldNotBeNull().ShouldNotContain(Stranger);
        pushed.ShouldBe(Encoding.UTF8.GetString(stage.Declaration.Files[$"{Folder}/{Name}.sops.yaml"]));
    }

    private static IIdentity OwnOf(Stage stage) => AgeIdentity.Generate(new SeededRandom(stage.Seed + 99).Fill);

    private static void ForAnother(Stage stage, string step)
    {
        if (step == "second-up")
            Put(stage, $"{Name}.sops.yaml", Encrypted(stage, Stranger));
    }

    /// <summary>As the stage of a seed makes it.</summary>
    private static IIdentity RootOf(ulong seed) => AgeIdentity.Generate(new SeededRandom(seed).Fill);

    private static string Encrypted(
        Stage stage, params IEnumerable<string> recipients) => Encoding.UTF8.GetString(SopsFile.Encrypt(
        Encoding.UTF8.GetBytes(Secret),
        SopsFormat.Yaml,
        CreationRule.For(recipients.Append($"{RootOf(stage.Seed).Recipient}")) with
        {
            Selection = SopsSelection.Of("encrypted_regex", "^(data|stringData)$"),
        },
        Now(stage),
        new SeededRandom(5).Fill));

    private static void Put(Stage stage, string name, string text) =>
        stage.Declaration.Put($"{Folder}/{name}", Encoding.UTF8.GetBytes(text));

    private static DateTimeOffset Now(Stage stage) => VirtualClock.Epoch + stage.Clock.Now;

    private static Orrery.Model.Resources.Resource WithKeys(
        Orrery.Model.Resources.Resource resource, Func<ValueMap<Value>, ValueMap<Value>> change)
    {
        if (!resource.Address.Name.EndsWith(".sops-age", StringComparison.Ordinal))
            return resource;
        var manifest = (Value.Map)resource.Desired["manifest"];
        var data = (Value.Map)manifest["stringData"];
        var changed = new Value.Map(manifest.Fields.With("stringData", new Value.Map(change(data.Fields))));
        return resource with { Desired = new Value.Map(resource.Desired.Fields.With("manifest", changed)) };
    }
}
