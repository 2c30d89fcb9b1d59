using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.SealedSecrets;

namespace Orrery.Tests.Secrets;

/// <summary>SealedSecrets in files: read, opened, explained, and changed value by value.</summary>
public class SealedManifestTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Lazy<SealedSecretsKey> Old = new(() => MakeKey(0, Now));
    private static readonly Lazy<SealedSecretsKey> New = new(() => MakeKey(1, Now.AddDays(30)));

    public static TheoryData<string> Scopes => [.. SealingScope.Names];

    [Theory]
    [MemberData(nameof(Scopes))]
    public void What_was_sealed_opens_again_and_nowhere_else(string scope)
    {
        var certificate = New.Value.Certificate;
        var names = Gen.Elements("a", "b", "app-1", "c.d");
        Prop.ForAll(
            ArbMap.Default.ArbFor<byte[]>().Generator.Zip(names.Zip(names)).Zip(names.Zip(names)).ToArbitrary(),
            drawn =>
            {
                var ((plain, (space, name)), (otherSpace, otherName)) = drawn;
                var here = SealingScope.Of(scope, space, name);
                var there = SealingScope.Of(scope, otherSpace, otherName);
                var value = SealedSecret.Seal(plain, here, certificate, SeededRandom.From(plain.Length));
                var unsealing = new Unsealing([Old.Value, New.Value], []);
                unsealing.Open(value, here).Plain.ShouldBe(plain);
                unsealing.Open(value, there).Plain.ShouldBe(here == there ? plain : null);
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Theory]
    [InlineData("strict", "", "it was sealed for app/database (scope strict)", "other", "database")]
    [InlineData("strict", "", "it was sealed for app/database (scope strict)", "app", "other")]
    [InlineData("namespace-wide", "", "it was sealed for app/database (scope strict)", "app", "database")]
    [InlineData("strict", "namespace-wide",
        "it was sealed for the namespace app (scope namespace-wide)", "app", "database")]
    [InlineData("strict", "cluster-wide", "it was sealed for every namespace (scope cluster-wide)", "app", "database")]
    public void Why_a_value_does_not_open_is_found_out(
        string now, string before, string expected, string space, string name)
    {
        var sealedFor = SealingScope.Of(before.Length == 0 ? "strict" : before, "app", "database");
        var value = Seal(sealedFor, Old.Value);
        var known = new SealedObject("database", "app", new SealingScope.ClusterWide(), []);
        new Unsealing([New.Value, Old.Value], [known]).Open(value, SealingScope.Of(now, space, name)).Problem
            .ShouldBe(expected);
    }

    [Fact]
    public void A_name_that_the_repository_does_not_have_a_foreign_key_and_damage_are_told_apart()
    {
        var (here, elsewhere) = (new SealingScope.Strict("a", "b"), new SealingScope.Strict("x", "y"));
        string Problem(string value, params SealedSecretsKey[] keys) =>
            new Unsealing(keys, []).Open(value, here).Problem;
        Problem(Seal(elsewhere, Old.Value), Old.Value)
            .ShouldBe("it was sealed for another scope, name or namespace");
        Problem(Seal(here, Old.Value), New.Value)
            .ShouldBe("it was sealed to another key than the one key of the platform");
        Problem(Seal(here, Old.Value), New.Value, New.Value)
            .ShouldBe("it was sealed to another key than any of the 2 keys of the platform");
        var damaged = Convert.FromBase64String(Seal(here, Old.Value));
        damaged[^1] ^= 1;
        Problem(Convert.ToBase64String(damaged), New.Value, Old.Value)
            .ShouldBe("it is damaged: the value was changed after it was sealed");
        Problem("nonsense!", Old.Value).ShouldBe("it is damaged: the sealed value is malformed: it is not base64");
        new Unsealing([Old.Value], []).Open(Seal(here, Old.Value), here).ToString().ShouldBe("(opened)");
    }

    [Theory]
    [InlineData("", "strict")]
    [InlineData("    sealedsecrets.bitnami.com/namespace-wide: \"true\"\n", "namespace-wide")]
    [InlineData("    sealedsecrets.bitnami.com/cluster-wide: \"true\"\n", "cluster-wide")]
    [InlineData("    sealedsecrets.bitnami.com/cluster-wide: true\n", "cluster-wide")]
    [InlineData("    sealedsecrets.bitnami.com/cluster-wide: \"false\"\n", "strict")]
    [InlineData("    sealedsecrets.bitnami.com/cluster-wide: \"true\"\n"
        + "    sealedsecrets.bitnami.com/namespace-wide: \"true\"\n", "cluster-wide")]
    public void Annotations_say_the_scope(string annotations, string expected)
    {
        var manifest = SealedManifest.Read("a.yaml", Text("a: AgB=\n", annotations));
        manifest.Objects.ShouldHaveSingleItem().Scope.ShouldBe(SealingScope.Of(expected, "app", "database"));
        manifest.Objects[0].Items.ShouldHaveSingleItem().Line.ShouldBe(annotations.Count(one => one == '\n') + 9);
    }

    [Fact]
    public void One_value_is_added_or_replaced_and_every_other_byte_stays()
    {
        var text = Text("# of the user\nuser: 'AgB1'   # kept\npassword: AgB2\n", "")
            + "  template:\n    type: Opaque   # last\n---\nkind: ConfigMap\n";
        var manifest = SealedManifest.Read("a.yaml", text);
        manifest.With("password", "AgBnew").ShouldBe(text.Replace("AgB2", "AgBnew", StringComparison.Ordinal));
        manifest.With("user", "AgBnew").ShouldMatch("user: '?AgBnew'?   # kept\n");
        var added = manifest.With("token", "AgBnew");
        added.Replace("    token: AgBnew\n", "", StringComparison.Ordinal).ShouldBe(text);
        manifest.Again(added).Objects[0].Items.Select(item => $"{item.Key}={item.Value}")
            .ShouldBe(["user=AgB1", "password=AgB2", "token=AgBnew"]);
    }

    [Fact]
    public void Json_is_changed_in_its_place_too()
    {
        const string Json = "{\n  \"apiVersion\": \"bitnami.com/v1alpha1\", \"kind\": \"SealedSecret\",\n"
            + "  \"metadata\": {\"name\": \"a\", \"namespace\": \"b\"},\n"
            + "  \"spec\": {\"encryptedData\": {\"x\": \"AgB1\"}}\n}\n";
        var manifest = SealedManifest.Read("a.json", Json);
        manifest.Objects[0].Scope.ShouldBe(new SealingScope.Strict("b", "a"));
        manifest.With("x", "AgBnew").ShouldBe(Json.Replace("AgB1", "AgBnew", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a: &x 1\nb: *x\nkind: SealedSecret\n")]
    [InlineData("a: [\n")]
    public void What_cannot_be_read_is_refused_without_its_text(string text) =>
        Should.Throw<SealedSecretException>(() => SealedManifest.Read("a.yaml", text)).Message.ShouldStartWith("line ");

    [Theory]
    [InlineData("kind: ConfigMap\n")]
    [InlineData("apiVersion: example.org/v1\nkind: SealedSecret\n")]
    public void Only_sealed_secrets_are_seen_and_merged_into(string text)
    {
        var manifest = SealedManifest.Read("a.yaml", text);
        manifest.Objects.ShouldBeEmpty();
        Should.Throw<SealedSecretException>(() => manifest.With("a", "b"));
    }

    private static string Text(string items, string annotations) =>
        "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: database\n  namespace: app\n"
        + (annotations.Length > 0 ? $"  annotations:\n{annotations}" : "  labels: {}\n")
        + "spec:\n  encryptedData:\n"
        + string.Concat(items.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => $"    {line}\n"));

    private static string Seal(SealingScope scope, SealedSecretsKey key) =>
        SealedSecret.Seal(Encoding.UTF8.GetBytes("planted-4711"), scope, key.Certificate, SeededRandom.From(1));

    private static SealedSecretsKey MakeKey(ulong seed, DateTimeOffset notBefore)
    {
        var pool = new KeyPool(seed);
        // Half of what clusters use: the length of keys is held by SealedSecretTests, and costs eight times the time.
        using var key = pool.RsaKey(SealedSecretsKey.Bits / 2);
        return SealedSecretsKey.Make(key, notBefore, pool.Fill);
    }
}
