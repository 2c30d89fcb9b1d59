using System.Text;
using System.Text.Json;
using Orrery.Engine.State;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Tests.Engine;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Secrets.Sops;

/// <summary>An independent reader opens what we write: the npm package sops-age.</summary>
public class SopsAgeTests
{
    private static readonly IIdentity Alice = AgeIdentity.Generate(SeededRandom.From(1));

    [NodePackageFact("sops-age")]
    public async Task It_reads_every_format_that_it_knows()
    {
        await CheckAsync(
            SopsFormat.Yaml,
            "# about\na: one\nb: [1, true, null]\nc:\n  d: |\n    x\n    y\n  e_unencrypted: shown # and why\n  f: "
            + "2.5\n",
            """{"a":"one","b":[1,true,null],"c":{"d":"x\ny\n","e_unencrypted":"shown","f":2.5}}""");
        await CheckAsync(
            SopsFormat.Json, """{"a": "é", "b": [{"c": 7}], "d": {}}""", """{"a":"é","b":[{"c":7}],"d":{}}""");
        await CheckAsync(SopsFormat.Dotenv, "A=one\n# two\nB=x y\n", """{"A":"one","B":"x y"}""");
    }

    [NodePackageFact("sops-age")]
    public async Task It_reads_the_secrets_of_a_platforms_state()
    {
        var recorded = new Recorded
        {
            PlatformId = "cosmos",
            Serial = 1,
            Goals = ValueMap<int>.Empty,
            Resources = ValueMap<RecordedResource>.Empty,
        };
        var resource = new RecordedResource
        {
            Address = ResourceAddress.Of("prod", "secret/password", "grafana"),
            Id = "7",
            Generation = 1,
            IsOurs = true,
            Inputs = Value.MapOf(("user", "admin"), ("password", new Value.Sensitive("planted"))),
            Outputs = Value.Map.Empty,
            Needs = [],
            Lifecycle = Lifecycle.Default,
        };
        var state = StateDocument.Write(
            recorded with { Resources = ValueMap.Of((resource.Address.Text, resource)) }, Ciphers.For(Alice, 3));

        using var shown = JsonDocument.Parse(await ReadAsync(state, SopsFormat.Json));

        $"{shown.RootElement.GetProperty("body").GetProperty("resources")[0].GetProperty("inputs")}"
            .ShouldBe("""{"password":{"$sensitive":"planted"},"user":"admin"}""");
    }

    private static async Task CheckAsync(SopsFormat format, string plain, string expected)
    {
        var file = SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(plain), format, CreationRule.For($"{Alice.Recipient}"),
            new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), SeededRandom.From(2));
        (await ReadAsync(file, format)).ShouldBe(expected, $"{format}");
    }

    private static async Task<string> ReadAsync(byte[] file, SopsFormat format)
    {
        var module = JsonSerializer.Serialize($"{NodePackageFactAttribute.FolderOf("sops-age")}/dist/index.js");
        var type = format == SopsFormat.Dotenv ? "env" : $"{format}".ToLowerInvariant();
        var script = $$"""
            const { decryptSops } = await import({{module}});
            const { readFileSync } = await import("node:fs");
            const shown = await decryptSops(readFileSync(0, "utf8"), {
                secretKey: "{{Alice.Export()}}", fileType: "{{type}}" });
            process.stdout.write(JSON.stringify(shown));
            """;
        return Encoding.UTF8.GetString(
            await ProgramRun.OutputAsync("node", file, "--input-type=module", "--eval", script));
    }
}
