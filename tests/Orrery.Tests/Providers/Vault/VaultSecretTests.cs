using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Vault;
using Orrery.Providers.Vault.Kinds;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Simulation.Disks;
using Orrery.Simulation.Time;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Providers.Vault;

/// <summary>Documents of the repository as resources of a Vault.</summary>
public sealed class VaultSecretTests : IVaults, IDisposable
{
    private const string Uid = "uid-1";

    private static readonly Owner Us = new("cosmos-1a2b3c4d", new string('a', 32), 1);

    private readonly VaultScene _scene = new();
    private readonly SimulatedDisk _disk = new();
    private readonly IIdentity _identity = AgeIdentity.Generate(SeededRandom.From(3));
    private readonly VaultSecretHandler _handler;
    private bool _isAway;

    public VaultSecretTests()
    {
        var life = new Life(new VirtualClock());
        var files = new SimulatedStateFiles(_disk, life, _scene.Time, new CrashPlan(null));
        _handler = new VaultSecretHandler(this, new DocumentSource(files, () => [_identity], "prod"), "secret");
    }

    public void Dispose()
    {
        _scene.Contract?.Report.Violations.ShouldBeEmpty();
        _scene.Dispose();
    }

    Task<VaultClient?> IVaults.FindAsync(string cluster, CancellationToken cancellation) =>
        Task.FromResult(_isAway || cluster != Uid ? null : _scene.Client);

    Task IVaults.AwaitAsync(string cluster, OperationContext operation, CancellationToken cancellation) =>
        Task.CompletedTask;

    [Fact]
    public void A_document_is_written_read_and_seen_again()
    {
        var desired = Keep("PASSWORD: planted-one\nPORT: 5432\nnested: {a: [1, true]}\n");
        var made = Create(desired);
        made.Id.ShouldBe($"{Uid}/app");
        made.Properties["content"].ShouldBe(desired["content"]);
        _scene.Fields("app").ShouldBe("""{"PASSWORD":"planted-one","PORT":5432,"nested":{"a":[1,true]}}""");
        Read().ShouldBe(made);
        var custom = _scene.Time.Run(() => _scene.Engine.MetadataAsync("app", null, default))!.CustomMetadata;
        custom["orrery.dev/platform"].ShouldBe(Us.PlatformId);
        custom["orrery.dev/fields-00"].ShouldBe("PASSWORD PORT nested");
        $"{made}".ShouldNotContain("planted");
    }

    [Fact]
    public void Fields_of_others_stay_and_ours_that_are_gone_go()
    {
        Create(Keep("one: '1'\ntwo: '2'\n"));
        _scene.Time.Run(() => _scene.Document("app").SetAsync("theirs", "kept", null, default));
        Read()!.Properties["content"].AsText().ShouldNotBe("differs", "what others put beside ours is no difference");

        Update(Keep("two: '3'\n"));
        _scene.Fields("app").ShouldBe("""{"two":"3","theirs":"kept"}""");

        Delete();
        _scene.Fields("app").ShouldBe("""{"theirs":"kept"}""");
        _scene.Time.Run(() => _scene.Engine.ReadAsync("app", 1, null, default))
            .ShouldBeOfType<KeyValueRead.Deleted>().IsDestroyed.ShouldBeTrue("earlier versions had our values");
        Read().ShouldBeNull();
        Delete();
    }

    [Theory]
    [InlineData("""{"one":"2"}""")]
    [InlineData("{}")]
    [InlineData("""{"one":1}""")]
    public void What_somebody_has_changed_is_a_difference_until_it_is_written_again(string fields)
    {
        var desired = Keep("one: '1'\n");
        Create(desired);
        var version = _scene.Time.Run(() => _scene.Engine.MetadataAsync("app", null, default))!.CurrentVersion;
        _scene.Time.Run(() => _scene.Engine.WriteAsync("app", VaultScene.Json(fields), version, null, default));
        Read()!.Properties["content"].AsText().ShouldBe("differs");
        Update(desired).Properties["content"].ShouldBe(desired["content"]);
    }

    [Fact]
    public void A_write_that_names_no_version_is_refused_from_then_on()
    {
        Create(Keep("one: '1'\n"));
        _scene.Overwrite("""{"only":"theirs"}""", "app");
        _scene.Fields("app").ShouldBe("""{"one":"1"}""");
    }

    [Fact]
    public void The_document_of_another_platform_is_left_alone()
    {
        Create(Keep("one: '1'\n"));
        var other = Us with { PlatformId = "other" };
        var refusal = Should.Throw<ProviderException>(() => Create(Keep("one: '2'\n"), other));
        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        _scene.Fields("app").ShouldBe("""{"one":"1"}""");
    }

    [Fact]
    public void A_cluster_that_is_gone_has_nothing()
    {
        Create(Keep("one: '1'\n"));
        _isAway = true;
        Read().ShouldBeNull();
        Delete();
        _isAway = false;
        _scene.Fields("app").ShouldBe("""{"one":"1"}""");
    }

    [Theory]
    [InlineData("one: planted-clear\n", "it is not encrypted", false)]
    [InlineData("- planted\n", "", true)]
    [InlineData("a b: planted\n", "its key 'a b' cannot be one of a Secret of Kubernetes", true)]
    public void What_cannot_be_copied_is_said_without_its_content(string text, string why, bool isSealed)
    {
        var desired = Keep("one: '1'\n");
        if (isSealed && text[0] != '-')
            Keep(text);
        else
            _disk.Put("secrets/prod/app.sops.yaml", Encoding.UTF8.GetBytes(text));
        var refusal = Should.Throw<ProviderException>(() => Create(desired));
        refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
        refusal.Message.ShouldStartWith("secrets/prod/app.sops.yaml cannot be copied to Vault: ");
        refusal.Message.ShouldContain(why);
        $"{refusal}".ShouldNotContain("planted");
    }

    [Fact]
    public void A_document_of_many_keys_is_remembered_whole()
    {
        var names = Enumerable.Range(0, 200).Select(number => $"KEY_NUMBER_{number}").ToList();
        Create(Keep(string.Concat(names.Select(name => $"{name}: x\n"))));
        Update(Keep("one: '1'\n"));
        _scene.Fields("app").ShouldBe("""{"one":"1"}""");
    }

    /// <summary>Writes a document as people do and gives what then is desired.</summary>
    private Value.Map Keep(string plain)
    {
        var file = SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(plain), SopsFormat.Yaml, CreationRule.For($"{_identity.Recipient}"),
            VirtualClock.Epoch, SeededRandom.From(5));
        _disk.Put("secrets/prod/app.sops.yaml", file);
        return VaultHandler.Desired(
            Uid, "app", [], ("content", DocumentSource.DigestOf(Encoding.UTF8.GetString(file))));
    }

    private Observed Create(Value.Map desired, Owner? owner = null) => _scene.Time.Run(() => _handler.CreateAsync(
        new CreateRequest(VaultScene.Operation.Address, "app", owner ?? Us, desired), VaultScene.Operation, default));

    private Observed Update(Value.Map desired) => _scene.Time.Run(() => _handler.UpdateAsync(
        new UpdateRequest($"{Uid}/app", null, desired, desired), VaultScene.Operation, default));

    private void Delete() => _scene.Time.Run(() => _handler.DeleteAsync(
        new DeleteRequest($"{Uid}/app", null, Value.Map.Empty), VaultScene.Operation, default));

    private Observed? Read() => _scene.Time.Run(() => _handler.ReadAsync($"{Uid}/app", default));
}
