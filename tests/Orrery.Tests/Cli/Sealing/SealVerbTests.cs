using System.Text.Json;

namespace Orrery.Tests.Cli.Sealing;

/// <summary>Sealing as kubeseal does, and proving that what was sealed opens.</summary>
public sealed class SealVerbTests : IAsyncLifetime, IDisposable
{
    private const string Secret =
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: database
          namespace: app
          labels:
            app: database
          annotations:
            note: kept
            kubectl.kubernetes.io/last-applied-configuration: planted-copy
          uid: from-a-cluster
        type: Opaque
        immutable: true
        stringData:
          password: planted-1
        data:
          user: cGxhbnRlZC0y
          password: cGxhbnRlZC0z

        """;

    private readonly SealScene _scene = new();

    public Task InitializeAsync() => _scene.MakeKeyAsync("prod");

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _scene.Dispose();

    [Fact]
    public async Task A_secret_becomes_a_sealed_one_with_its_metadata_as_the_template()
    {
        _scene.Write("secret.yaml", Secret);
        (await SealAsync("secret.yaml")).ShouldBe(0, _scene.Error);
        var text = System.Text.RegularExpressions.Regex.Replace(_scene.Output, "Ag[A-Za-z0-9+/=]{700,}", "SEALED");
        text.ShouldBe(
            """
            apiVersion: bitnami.com/v1alpha1
            kind: SealedSecret
            metadata:
              name: database
              namespace: app
            spec:
              encryptedData:
                password: SEALED
                user: SEALED
              template:
                immutable: true
                metadata:
                  annotations:
                    note: kept
                  labels:
                    app: database
                  name: database
                  namespace: app
                type: Opaque

            """);
        _scene.Write("site/sealed.yaml", _scene.Output);
        (await _scene.RunAsync("--check", "site")).ShouldBe(0, _scene.Error);
        _scene.Output.ShouldBe("all open: 2 sealed values in 1 file\n");
    }

    [Theory]
    [InlineData("strict", "")]
    [InlineData("namespace-wide", "sealedsecrets.bitnami.com/namespace-wide: \"true\"")]
    [InlineData("cluster-wide", "sealedsecrets.bitnami.com/cluster-wide: \"true\"")]
    public async Task Each_scope_is_said_in_annotations_and_opens(string scope, string annotation)
    {
        (await SealAsync("-", Secret, "--scope", scope)).ShouldBe(0, _scene.Error);
        // On the SealedSecret for its controller, and on the Secret that it makes.
        _scene.Output.Split("sealedsecrets.bitnami.com/").Length.ShouldBe(annotation.Length > 0 ? 3 : 1);
        _scene.Output.ShouldContain(annotation);
        _scene.Write("site/sealed.yaml", _scene.Output);
        (await _scene.RunAsync("--check", "site")).ShouldBe(0, _scene.Error);
        // What was sealed with it is sealed so again, when the Secret says it.
        if (annotation.Length == 0)
            return;
        (await SealAsync("-", Secret.Replace("note: kept", annotation, StringComparison.Ordinal))).ShouldBe(0);
        _scene.Output.Split(annotation).Length.ShouldBe(3);
    }

    [Fact]
    public async Task A_single_value_needs_no_manifest()
    {
        (await SealAsync("-", "planted-9", "--key", "token", "--name", "a", "--namespace", "b")).ShouldBe(0);
        _scene.Write("site/sealed.yaml", _scene.Output);
        (await SealAsync("-", "planted-8", "--raw", "--name", "a", "--namespace", "b")).ShouldBe(0);
        _scene.Output.ShouldMatch("^Ag[A-Za-z0-9+/=]+$");
        _scene.Write("site/other.yaml", _scene.Read("site/sealed.yaml").Replace(
            "token: ", $"more: {_scene.Output}\n    token: ", StringComparison.Ordinal));
        (await _scene.RunAsync("--check", "site", "-o", "json")).ShouldBe(0, _scene.Error);
        using var json = JsonDocument.Parse(_scene.Output);
        json.RootElement.GetProperty("values").GetInt32().ShouldBe(3);
        json.RootElement.GetProperty("opens").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_value_is_merged_into_a_file_and_all_else_stays()
    {
        await SealAsync("-", Secret, "--scope", "namespace-wide");
        var before = "# by hand\n" + _scene.Output;
        _scene.Write("site/sealed.yaml", before);
        (await SealAsync("-", "planted-9", "--key", "token", "--merge-into", "site/sealed.yaml"))
            .ShouldBe(0, _scene.Error);
        _scene.Output.ShouldBe("site/sealed.yaml: token sealed\n");
        var after = _scene.Read("site/sealed.yaml").Split('\n');
        after.Where(line => !line.StartsWith("    token: ", StringComparison.Ordinal)).ShouldBe(before.Split('\n'));
        after.Length.ShouldBe(before.Split('\n').Length + 1);
        (await _scene.RunAsync("--check", "site")).ShouldBe(0, _scene.Error);

        // For another Secret it would not open there.
        var merged = _scene.Read("site/sealed.yaml");
        (await SealAsync("-", Secret.Replace("namespace: app", "namespace: other", StringComparison.Ordinal),
            "--merge-into", "site/sealed.yaml")).ShouldBe(1);
        _scene.Error.ShouldContain("SEAL004");
        _scene.Write("site/plain.yaml", "kind: ConfigMap\n");
        (await SealAsync("-", "x", "--key", "a", "--merge-into", "site/plain.yaml")).ShouldBe(1);
        _scene.Read("site/sealed.yaml").ShouldBe(merged);
    }

    [Fact]
    public async Task What_does_not_open_is_named_with_the_reason()
    {
        await SealAsync("-", Secret);
        var right = _scene.Output;
        _scene.Write("site/moved.yaml", right.Replace(
            "  namespace: app\nspec", "  namespace: other\nspec", StringComparison.Ordinal));
        _scene.Write("site/right.yaml", right);
        _scene.Write("site/anchor.yaml", "a: &x SealedSecret\nb: *x\nencryptedData: 1\n");
        (await _scene.RunAsync("--check", "site")).ShouldBe(1);
        _scene.Error.ShouldContain(" --> site/moved.yaml:8:1\n");
        _scene.Error.ShouldContain("[SEAL005]");
        _scene.Error.ShouldContain("[SEAL006]");
        _scene.Error.ReplaceLineEndings(" ").ShouldContain("it was sealed for app/database (scope strict)");
        _scene.Error.ShouldContain("3 problems among 4 sealed values in 2 files");
        (_scene.Error + _scene.Output).ShouldNotContain("planted");
    }

    [Fact]
    public async Task Only_what_an_older_key_opens_is_sealed_anew()
    {
        await SealAsync("-", Secret);
        var old = "# kept\n" + _scene.Output + "---\nkind: ConfigMap\n";
        _scene.Write("site/old.yaml", old);
        _scene.Now = _scene.Now.AddDays(31);
        await _scene.MakeKeyAsync("prod", generation: 2);
        await SealAsync("-", Secret);
        var fresh = _scene.Output;
        _scene.Write("site/new.yaml", fresh);
        (await _scene.RunAsync("--reseal", "site")).ShouldBe(3);
        _scene.Error.ShouldContain("site/old.yaml: 2 values sealed to the newest key");
        _scene.Read("site/old.yaml").ShouldBe(old);
        (await _scene.RunAsync("--reseal", "site", "--yes")).ShouldBe(0, _scene.Error);
        _scene.Output.ShouldBe("site/old.yaml: 2 values sealed to the newest key\n");
        _scene.Read("site/new.yaml").ShouldBe(fresh);
        var lines = _scene.Read("site/old.yaml").Split('\n');
        lines.Zip(old.Split('\n')).Count(pair => pair.First != pair.Second).ShouldBe(2);
        (await _scene.RunAsync("--check", "site")).ShouldBe(0, _scene.Error);
        (await _scene.RunAsync("--reseal", "site", "--yes")).ShouldBe(0);
        _scene.Output.ShouldBe("");
    }

    [Fact]
    public async Task Of_several_clusters_one_is_named()
    {
        await _scene.MakeKeyAsync("staging");
        (await SealAsync("-", Secret)).ShouldBe(2);
        _scene.Error.ShouldContain("SEAL001");
        _scene.Error.ShouldContain("--cluster prod|staging");
        (await SealAsync("-", Secret, "--cluster", "staging")).ShouldBe(0);
        _scene.Write("site/sealed.yaml", _scene.Output);
        (await _scene.RunAsync("--check", "site")).ShouldBe(0, _scene.Error);
    }

    [Fact]
    public async Task Certificates_and_keys_that_cannot_be_used_say_why()
    {
        (await _scene.RunAsync(Secret, ["--cert", "nowhere.pem"])).ShouldBe(2);
        _scene.Error.ShouldContain("SEAL001");
        (await _scene.RunAsync(Secret, [])).ShouldBe(2);
        _scene.Error.ShouldContain("SEAL001");
        _scene.Write("bad.pem", "planted");
        (await _scene.RunAsync(Secret, ["--cert", "bad.pem"])).ShouldBe(1);
        _scene.Error.ShouldContain("SEAL002");
        _scene.Now = _scene.Now.AddYears(11);
        (await SealAsync("-", Secret)).ShouldBe(1);
        _scene.Error.ShouldContain("has expired at 2036-01-01");
        _scene.Variables.Clear();
        (await _scene.RunAsync("--check", "site")).ShouldBe(1);
        _scene.Error.ShouldContain("SEAL007");
    }

    [Theory]
    [InlineData("kind: ConfigMap\n", "it is not one document of kind Secret")]
    [InlineData("planted: [", "it is no YAML")]
    [InlineData("apiVersion: v1\nkind: Secret\nmetadata: { name: a, namespace: b }\n", "has no values")]
    [InlineData("kind: Secret\nmetadata: { name: a }\nstringData: { a: planted }\n", "needs a namespace")]
    [InlineData("kind: Secret\nmetadata: { namespace: a }\nstringData: { a: planted }\n", "needs a name")]
    [InlineData("kind: Secret\nmetadata: { name: a, namespace: b }\ndata: { a: planted! }\n", "data.a is no base64")]
    [InlineData("kind: Secret\nmetadata: { name: a, namespace: b }\nstringData: { a: 1 }\n", "stringData.a is no text")]
    public async Task What_is_no_secret_is_refused_without_its_text(string text, string expected)
    {
        (await SealAsync("-", text)).ShouldBe(1);
        _scene.Error.ShouldContain("SEAL003");
        _scene.Error.ShouldContain(expected);
        (_scene.Error + _scene.Output).ShouldNotContain("planted");
    }

    private Task<int> SealAsync(string file, string input = "", params string[] words) =>
        _scene.RunAsync(input, [file, "--declaration", "site", .. words]);
}
