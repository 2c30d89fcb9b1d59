using System.Text;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Secrets.Age;
using Orrery.Secrets.Certificates;
using Orrery.Secrets.SealedSecrets;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Providers;

/// <summary>Keys in the repository: made once, never over another one, never shown.</summary>
public class KeysTests
{
    private static readonly string[] Expected =
    [
        "secrets/prod/age-recipient.txt", "secrets/prod/keys/cluster-identity.sops.yaml",
        "secrets/prod/keys/deploy-key.pub", "secrets/prod/keys/deploy-key.sops.yaml",
        "secrets/prod/keys/k3s-authorities.sops.yaml", "secrets/prod/keys/k3s-token.sops.yaml",
        "secrets/prod/keys/password-grafana.sops.yaml", "secrets/prod/keys/sealed-secrets-key.sops.yaml",
        "secrets/prod/sealed-secrets.pem",
    ];

    public static TheoryData<string, string> Kinds => new()
    {
        { "cluster-identity", "cluster" }, { "sealed-secrets-key", "sealed-secrets" },
        { "k3s-authorities", "k3s" }, { "k3s-token", "k3s" }, { "deploy-key", "gitops" },
    };

    [Fact]
    public async Task Keys_are_made_once()
    {
        var scene = new KeysScene();
        var plan = (await scene.RunAsync()).Plan.ShouldNotBeNull();
        plan.Changes.Select(change => (change.Address.Text, change.Action)).ShouldBe(
        [
            ("prod/secret/cluster-identity/cluster", ChangeAction.Create),
            ("prod/secret/deploy-key/gitops", ChangeAction.Create),
            ("prod/secret/k3s-authorities/k3s", ChangeAction.Create),
            ("prod/secret/k3s-token/k3s", ChangeAction.Create),
            ("prod/secret/password/grafana", ChangeAction.Create),
            ("prod/secret/sealed-secrets-key/sealed-secrets", ChangeAction.Create),
        ]);
        scene.Keys.Keys.ShouldBe(Expected);
        var made = scene.Keys;

        var again = await scene.RunAsync();
        again.Outcome.ShouldBe(RunOutcome.Converged);
        again.Plan!.Changes.ShouldAllBe(change => !change.IsWork);
        scene.Keys.ShouldBe(made);
    }

    [Fact]
    public async Task Each_file_holds_what_its_name_says()
    {
        var scene = new KeysScene();
        await scene.RunAsync();

        var pair = scene.Texts("sealed-secrets-key");
        var key = SealedSecretsKey.Read(pair["tls.crt"], pair["tls.key"]);
        key.Private.Modulus!.Length.ShouldBe(4096 / 8);
        TextOf(scene, "sealed-secrets.pem").ShouldBe(pair["tls.crt"]);
        var authorities = scene.Texts("k3s-authorities");
        authorities.Keys.ShouldBe(K3sAuthorities.OnMachine.Concat(["admin.crt", "admin.key"])
            .Order(StringComparer.Ordinal));
        K3sToken.Accepts(scene.Texts("k3s-token")["token"], authorities["server-ca.crt"]).ShouldBeTrue();
        var deploy = scene.Texts("deploy-key");
        TextOf(scene, "keys/deploy-key.pub").ShouldBe($"{deploy["id_ecdsa.pub"]}\n");
        deploy["id_ecdsa.pub"].ShouldStartWith("ecdsa-sha2-nistp256 ");
        deploy["id_ecdsa.pub"].ShouldEndWith(" orrery prod");
        deploy["id_ecdsa"].ShouldStartWith("-----BEGIN OPENSSH PRIVATE KEY-----\n");
    }

    [Fact]
    public async Task Nothing_private_is_seen_anywhere_but_encrypted()
    {
        var scene = new KeysScene();
        await scene.RunAsync();
        await scene.RunAsync();
        scene.Shown.AppendLine($"{string.Join('\n', (await scene.PlanAsync()).Plan.Changes)}");

        var secrets = new[] { "sealed-secrets-key", "k3s-authorities", "k3s-token", "deploy-key" }
            .SelectMany(name => scene.Texts(name))
            .Where(text => Path.GetExtension(text.Key) is not (".crt" or ".pub"))
            .Select(text => text.Value.Split('\n')).Select(lines => lines[lines.Length / 3]).ToArray();
        secrets.Length.ShouldBe(1 + 7 + 1 + 1);
        secrets.ShouldAllBe(secret => secret.Length >= 64);
        foreach (var seen in scene.Files.Files.Values.Select(Encoding.UTF8.GetString).Append($"{scene.Shown}"))
            secrets.ShouldAllBe(secret => !seen.Contains(secret, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_private_output_is_sensitive_and_a_public_one_is_not(string kind, string name)
    {
        var scene = new KeysScene();
        await scene.RunAsync();
        var outputs = (await ReadAsync(scene, kind))!.Outputs;
        name.ShouldNotBeEmpty();
        foreach (var (field, value) in outputs.Fields)
        {
            if (field == "files")
                ((Value.Map)value).Fields.Values.ShouldAllBe(text => text is Value.Sensitive);
            else
                (value is Value.Sensitive).ShouldBe(
                    field is "key" or "adminKey" or "token" or "privateKey" or "identity", field);
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_exists_is_found_and_is_a_conflict_for_whoever_makes_it_again(string kind, string name)
    {
        var scene = new KeysScene();
        await scene.RunAsync();
        var handler = HandlerOf(scene, kind);
        var request = RequestFor(kind, name, 1);
        var found = await handler.FindExistingAsync(request, default);
        found!.IsReady.ShouldBeTrue();
        FieldDifferences.Between(handler.Kind, found.Properties, null, request.Desired).Any.ShouldBeFalse();
        (await RefusalAsync(() => handler.CreateAsync(request, Silent(request), default)))
            .Code.ShouldBe(ProviderErrorCode.Conflict);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task What_is_not_there_is_read_as_nothing_and_deleted_at_once(string kind, string name)
    {
        var scene = new KeysScene();
        var handler = HandlerOf(scene, kind);
        var request = RequestFor(kind, name, 1);
        (await handler.ReadAsync(PathOf(kind), default)).ShouldBeNull();
        (await handler.FindExistingAsync(request, default)).ShouldBeNull();
        (await handler.ListOwnedAsync("cosmos", default)).ShouldBeEmpty();
        await handler.DeleteAsync(
            new DeleteRequest(PathOf(kind), null, Value.Map.Empty), Silent(request), default);
        (await RefusalAsync(() => handler.AwaitReadyAsync(PathOf(kind), Silent(request), default)))
            .Code.ShouldBe(ProviderErrorCode.NotFound);
        scene.Keys.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_key_is_not_deleted_and_not_made_again_when_its_file_is_gone(string kind, string name)
    {
        var scene = new KeysScene();
        await scene.RunAsync();
        var handler = HandlerOf(scene, kind);
        var request = RequestFor(kind, name, 2);
        (await RefusalAsync(() => handler.DeleteAsync(
            new DeleteRequest(PathOf(kind), null, Value.Map.Empty), Silent(request), default)))
            .Message.ShouldBe($"{PathOf(kind)} is a key, and keys are never deleted");

        scene.Files.Files.Remove(PathOf(kind), out var lost);
        var report = await scene.RunAsync();
        report.Outcome.ShouldBe(RunOutcome.Failed);
        report.Diagnostics[0].Detail.ShouldContain(
            $"{PathOf(kind)} was made before and is gone. No new key is made in its place: bring the file back "
            + "from Git");
        (await scene.RunAsync()).Outcome.ShouldBe(RunOutcome.Failed);
        scene.Keys.Keys.ShouldNotContain(PathOf(kind));

        scene.Files.Files[PathOf(kind)] = lost!;
        (await scene.RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        (await scene.PlanAsync()).Plan.Changes.ShouldAllBe(change => !change.IsWork);
    }

    [Fact]
    public async Task Destroy_keeps_every_key()
    {
        var scene = new KeysScene();
        await scene.RunAsync();
        var made = scene.Keys;
        (await scene.RunAsync(RunVerb.Destroy)).Outcome.ShouldBe(RunOutcome.Converged);
        scene.Keys.ShouldBe(made);
        (await scene.RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        scene.Keys.ShouldBe(made);
    }

    [Theory]
    [InlineData("other", "no identity at hand opens it: it is encrypted to age1")]
    [InlineData("damaged", "the file has no metadata of SOPS: it is not encrypted")]
    [InlineData("foreign", "what is inside is not as this version of Orrery writes it")]
    [InlineData("swapped", "it holds a secret/deploy-key, not a secret/k3s-token")]
    public async Task A_file_that_does_not_open_is_an_error_and_stays(string what, string reason)
    {
        const string path = $"{KeysScene.Folder}/keys/k3s-token.sops.yaml";
        var scene = new KeysScene();
        await scene.RunAsync();
        var other = AgeIdentity.Generate(SeededRandom.From(9)).Recipient;
        scene.Files.Files[path] = what switch
        {
            "other" => Sealed("kind: x", other),
            "damaged" => scene.Files.Files[path][..200],
            "foreign" => Sealed("planted: 4711", KeysScene.Identity.Recipient),
            _ => scene.Files.Files[$"{KeysScene.Folder}/keys/deploy-key.sops.yaml"],
        };
        var before = scene.Keys;

        var refusal = await RefusalAsync(() => scene.RunAsync());

        refusal.Message.ShouldStartWith($"{path} cannot be opened: {reason}");
        refusal.Message.ShouldContain("No new key is made in its place");
        refusal.ToString().ShouldNotContain("4711");
        scene.Keys.ShouldBe(before);
    }

    [Fact]
    public async Task Other_recipients_get_the_same_key_and_former_ones_are_told()
    {
        var second = AgeIdentity.Generate(SeededRandom.From(2));
        var scene = new KeysScene { Recipients = [KeysScene.Identity.Recipient, second.Recipient] };
        await scene.RunAsync();
        var before = scene.Texts("k3s-token");

        scene.Recipients = [KeysScene.Identity.Recipient];
        var diagnostics = await scene.Provider().CheckAsync(KeysScene.Platform, KeysScene.Cluster, default);
        diagnostics.Select(diagnostic => diagnostic.Code).Distinct().ShouldBe(["SECRET001"]);
        diagnostics[0].Detail.ShouldEndWith($" is encrypted also to {second.Recipient}.");
        var report = await scene.RunAsync();
        report.Plan!.Changes.ShouldAllBe(change => change.Action == ChangeAction.Update);
        scene.Texts("k3s-token").ShouldBe(before);
        foreach (var file in scene.Keys.Where(file => file.Key.EndsWith(".sops.yaml", StringComparison.Ordinal)))
            Should.Throw<SopsException>(() => Opened(Encoding.UTF8.GetBytes(file.Value), second));
        (await scene.PlanAsync()).Plan.Changes.ShouldAllBe(change => !change.IsWork);
        (await scene.Provider().CheckAsync(KeysScene.Platform, KeysScene.Cluster, default)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stranger_who_can_open_a_file_is_told_and_shut_out()
    {
        const string path = $"{KeysScene.Folder}/keys/k3s-token.sops.yaml";
        var scene = new KeysScene();
        await scene.RunAsync();
        var stranger = AgeIdentity.Generate(SeededRandom.From(3));
        var plain = Opened(scene.Files.Files[path], KeysScene.Identity);
        scene.Files.Files[path] = SopsFile.Open(scene.Files.Files[path], SopsFormat.Yaml, [KeysScene.Identity])
            .UpdateKeys(
                CreationRule.For($"{KeysScene.Identity.Recipient}", $"{stranger.Recipient}"), SeededRandom.From(1));

        var told = (await scene.Provider().CheckAsync(KeysScene.Platform, KeysScene.Cluster, default))
            .ShouldHaveSingleItem();
        told.Code.ShouldBe("SECRET001");
        told.Detail.ShouldBe($"{path} is encrypted also to {stranger.Recipient}.");
        var change = (await scene.RunAsync()).Plan!.Changes.Single(change => change.Action != ChangeAction.None);
        change.Reasons[0].ShouldStartWith("recipients: ");
        Should.Throw<SopsException>(() => Opened(scene.Files.Files[path], stranger));
        Opened(scene.Files.Files[path], KeysScene.Identity).ShouldBe(plain);
    }

    [Theory]
    [InlineData("deploy-key", "secrets/prod/keys/deploy-key-2.pub")]
    [InlineData("sealed-secrets-key", "secrets/prod/sealed-secrets.pem")]
    [InlineData("cluster-identity", "secrets/prod/age-recipient.txt")]
    public async Task The_next_key_is_made_beside_the_one_before_and_is_the_one_to_use(string key, string published)
    {
        var scene = new KeysScene();
        await scene.RunAsync();
        var before = scene.Keys;

        var report = await scene.RotateAsync(key);

        report.Outcome.ShouldBe(RunOutcome.Converged);
        scene.Keys.Keys.Except(before.Keys).ShouldContain($"secrets/prod/keys/{key}-2.sops.yaml");
        scene.Texts($"{key}-2").ShouldNotBe(scene.Texts(key));
        before.Where(file => file.Key != published).ShouldAllBe(file => scene.Keys[file.Key] == file.Value);
        scene.Texts($"{key}-2").Values.Select(text => text.Trim()).ShouldContain(scene.Keys[published].Trim());
        (await scene.PlanAsync()).Plan.Changes.ShouldAllBe(change => !change.IsWork);
        (await scene.RotateAsync(key)).Outcome.ShouldBe(RunOutcome.Converged);
        scene.Keys.Keys.ShouldContain($"secrets/prod/keys/{key}-3.sops.yaml");
    }

    [Fact]
    public async Task A_document_follows_the_recovery_recipients_and_its_clusters_newest_identity()
    {
        var (scene, second) = (new KeysScene(), AgeIdentity.Generate(SeededRandom.From(4)));
        await scene.RunAsync();
        var first = scene.Texts("cluster-identity")["recipient"];
        scene.Files.Files["secrets/prod/db.sops.yaml"] = Sealed(
            "kind: Secret\nstringData:\n  password: planted\n", KeysScene.Identity.Recipient);

        await scene.RunAsync();
        ReadersOf(scene).ShouldBe([$"{KeysScene.Identity.Recipient}", first], ignoreOrder: true);
        await scene.RotateAsync("cluster-identity");
        var next = scene.Texts("cluster-identity-2")["recipient"];
        ReadersOf(scene).ShouldBe([$"{KeysScene.Identity.Recipient}", next], ignoreOrder: true);
        scene.Recipients = [KeysScene.Identity.Recipient, second.Recipient];
        await scene.RunAsync();
        ReadersOf(scene).ShouldBe([$"{KeysScene.Identity.Recipient}", $"{second.Recipient}", next], ignoreOrder: true);

        Encoding.UTF8.GetString(Opened(scene.Files.Files["secrets/prod/db.sops.yaml"], second))
            .ShouldBe("kind: Secret\nstringData:\n  password: planted\n");
        (await scene.PlanAsync()).Plan.Changes.ShouldAllBe(change => !change.IsWork);
    }

    [Fact]
    public async Task A_document_that_is_not_encrypted_is_told_and_left_alone()
    {
        var scene = new KeysScene();
        scene.Files.Files["secrets/prod/db.sops.yaml"] = "password: planted\n"u8.ToArray();
        await scene.RunAsync();
        var cluster = await scene.Provider().CompleteAsync(KeysScene.Cluster, default);
        (await scene.Provider().CheckAsync(KeysScene.Platform, cluster, default))
            .ShouldHaveSingleItem().Code.ShouldBe("SECRET002");
        scene.Files.Files["secrets/prod/db.sops.yaml"].ShouldBe("password: planted\n"u8.ToArray());
    }

    [Fact]
    public async Task A_public_part_that_was_lost_or_changed_is_written_again()
    {
        var scene = new KeysScene();
        await scene.RunAsync();
        var made = scene.Keys;
        scene.Files.Files.Remove("secrets/prod/keys/deploy-key.pub");
        scene.Files.Files["secrets/prod/sealed-secrets.pem"] = [1];
        (await scene.RunAsync()).Outcome.ShouldBe(RunOutcome.Converged);
        scene.Keys.ShouldBe(made);
    }

    [Fact]
    public async Task Who_lost_the_lease_writes_nothing()
    {
        var scene = new KeysScene();
        var request = RequestFor("k3s-token", "k3s", 1);
        var handler = scene.Provider(new LostLease()).Handlers.Single(it => it.Kind.Type == "secret/k3s-token");
        (await RefusalAsync(() => handler.CreateAsync(request, Silent(request), default)))
            .Code.ShouldBe(ProviderErrorCode.NotWriter);
        scene.Keys.ShouldBeEmpty();
    }

    private static string TextOf(KeysScene scene, string name) =>
        Encoding.UTF8.GetString(scene.Files.Files[$"{KeysScene.Folder}/{name}"]);

    private static IReadOnlyList<string> ReadersOf(KeysScene scene) =>
        SopsFile.KeysOf(scene.Files.Files["secrets/prod/db.sops.yaml"], SopsFormat.Yaml).Groups.Single();

    private static byte[] Sealed(string yaml, IRecipient recipient) => SopsFile.Encrypt(
        Encoding.UTF8.GetBytes(yaml), SopsFormat.Yaml, CreationRule.For($"{recipient}"), DateTimeOffset.UnixEpoch,
        SeededRandom.From(1));

    private static byte[] Opened(byte[] file, IIdentity identity) =>
        SopsFile.Decrypt(file, SopsFormat.Yaml, [identity]);

    private static string PathOf(string kind) => $"{KeysScene.Folder}/keys/{kind}.sops.yaml";

    private static IResourceHandler HandlerOf(KeysScene scene, string kind) =>
        scene.Provider().Handlers.Single(handler => handler.Kind.Type == $"secret/{kind}");

    private static Task<Observed?> ReadAsync(KeysScene scene, string kind) =>
        HandlerOf(scene, kind).ReadAsync(PathOf(kind), default);

    private static OperationContext Silent(CreateRequest request) => OperationContext.Silent(request.Address);

    private static CreateRequest RequestFor(string kind, string name, int generation)
    {
        var address = ResourceAddress.Of("prod", $"secret/{kind}", name);
        var desired = KeysGraph.Of(KeysScene.Platform, KeysScene.Cluster, [$"{KeysScene.Identity.Recipient}"])
            .Single(resource => resource.Address == address).Desired;
        var known = (Value.Map)desired.Resolve(_ => "an authority");
        return new CreateRequest(address, "", new Owner("cosmos", address.Hash, generation), known);
    }

    private static Task<ProviderException> RefusalAsync(Func<Task> call) =>
        Should.ThrowAsync<ProviderException>(call);

    private sealed class LostLease : IWriterGuard
    {
        public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) =>
            throw new ProviderException(ProviderErrorCode.NotWriter, "the lease is lost");
    }
}
