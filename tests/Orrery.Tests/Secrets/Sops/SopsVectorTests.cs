using System.Text;
using System.Text.Json;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Keys;
using Orrery.Secrets.Sops.Rules;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets.Sops;

/// <summary>SOPS documents that others have written, with what an independent reader found in them.</summary>
public class SopsVectorTests
{
    private const string Flux = "flux-kustomize-controller";
    private const int FilesCount = 14;

    [ContractFact]
    public void Every_document_of_others_opens_with_its_data_key_and_has_its_values()
    {
        using var expected = JsonDocument.Parse(File.ReadAllBytes(ContractFolder.Of("sops", "EXPECTED.json")));
        var files = expected.RootElement.EnumerateArray().ToArray();
        files.Length.ShouldBe(FilesCount);
        foreach (var file in files)
        {
            var name = file.GetProperty("file").GetString()!;
            var document = OpenWith(name, file.GetProperty("dataKeys")[0].GetString()!);
            if (file.TryGetProperty("leaves", out var leaves))
            {
                ValuesOf(document, FormatOf(name)).ShouldBe(
                    leaves.EnumerateArray().Select(leaf => $"{leaf[0]} {leaf[1]} {leaf[2]}"), name);
            }
        }
    }

    [ContractFact]
    public void Documents_for_age_open_with_the_identities_of_their_users()
    {
        var identities = new List<IIdentity>();
        foreach (var name in new[] { "age.txt", "age-global.txt" })
        {
            IdentityFile.TryParse(
                File.ReadAllText(ContractFolder.Of("sops", Flux, "keys", name)), out var read, out _).ShouldBeTrue();
            identities.AddRange(read);
        }

        string[] names =
        [
            "global/secret.yaml", "envs/env.env", "files/file.txt", "component/env.env", "remote/env.env",
            "algorithms/age.yaml", "patches/merge1.yaml", "patches/merge2.yaml",
        ];
        foreach (var name in names)
        {
            var file = File.ReadAllBytes(ContractFolder.Of(["sops", Flux, .. name.Split('/')]));
            var document = SopsFile.Open(file, SopsFormats.OfPath(name), identities);
            document.Plain.Length.ShouldBeGreaterThan(0, name);
            Encoding.UTF8.GetString(document.Plain).ShouldNotContain("ENC[");
            document.Replace(document.Plain, DateTimeOffset.UnixEpoch, SeededRandom.From(1)).ShouldBe(file, name);
        }
    }

    [ContractFact]
    public void A_document_that_only_others_can_open_says_who()
    {
        var file = File.ReadAllBytes(ContractFolder.Of("sops", "example.yaml"));
        Should.Throw<SopsException>(() => SopsFile.Open(file, SopsFormat.Yaml, [])).Message.ShouldBe(
            "only PGP FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4 and PGP D7229043384BCC60326C6FB9D8720D957C3D3074 can "
            + "open it, which orrery recognises and cannot use");
    }

    [ContractFact]
    public void The_creation_rules_of_others_are_read_with_their_anchors()
    {
        var rules = CreationRules.Read(File.ReadAllText(ContractFolder.Of("sops", Flux, ".sops.yaml")));
        rules.Find("some/inside.yaml")!.Selection.Pattern.ShouldBe("^(data|stringData)$");
        rules.Find("x.json.yaml")!.Selection.Pattern.ShouldBe(".*");
        rules.Find("other.yaml")!.Groups.Single().ShouldBe(
            [new SopsKey.Age("age1l44xcng8dqj32nlv6d930qvvrny05hglzcv9qpc7kxjc6902ma4qufys29", "")]);
        rules.Find("other.bin")!.Groups.Count.ShouldBe(2);

        var pgp = CreationRules.Read(File.ReadAllText(ContractFolder.Of("sops", "sops.yaml"))).Find("any")!;
        pgp.Groups.Single().OfType<SopsKey.Foreign>().Select(key => key.Name).ShouldBe(
            ["PGP FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4", "PGP D7229043384BCC60326C6FB9D8720D957C3D3074"]);
    }

    private static SopsFormat FormatOf(string name) => SopsFormats.OfPath(name);

    private static SopsDocument OpenWith(string name, string dataKey)
    {
        var text = File.ReadAllText(ContractFolder.Of(["sops", .. name.Split('/')]));
        var source = SopsFormats.Of(FormatOf(name)).Read(text);
        return Opening.Open(
            source, FormatOf(name), SopsMetadata.Read(source.Metadata!), Convert.FromHexString(dataKey));
    }

    /// <summary>Each value that was encrypted, and is not empty: its place, type and content.</summary>
    private static IEnumerable<string> ValuesOf(SopsDocument document, SopsFormat format)
    {
        var source = SopsFile.ReadPlain(document.Plain, format);
        return source.Documents.SelectMany(tree => TreeWalk.Of(tree, document.Selection))
            .Where(visit => visit is { IsSelected: true, Leaf: { IsComment: false, Value.Content.Length: > 0 } })
            .Select(visit => $"{visit.Path} {SopsValue.NameOf(visit.Leaf.Value!.Type)} {visit.Leaf.Value.Text}");
    }
}
