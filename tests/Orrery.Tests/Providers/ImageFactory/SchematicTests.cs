using System.Text.Json;
using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.ImageFactory;

public class SchematicTests
{
    [ContractFact]
    public void Ids_are_those_that_the_factory_gives()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(ContractFolder.Of("talos", "image-factory", "schematic-id-vectors.json")));
        var rows = vectors.RootElement.EnumerateArray().ToList();
        rows.Count.ShouldBe(4);
        foreach (var row in rows)
        {
            Of((Value.Map)YamlDocuments.Read(row.GetProperty("yaml").GetString()!).Single()).Id
                .ShouldBe(row.GetProperty("id").GetString(), row.GetProperty("name").GetString());
        }
    }

    [Fact]
    public void The_document_is_written_in_the_factory_s_order()
    {
        var schematic = new Schematic
        {
            Extensions = ["util-linux-tools", "siderolabs/iscsi-tools", "iscsi-tools"],
            KernelArguments = ["net.ifnames=0", "-quiet"],
            Meta = [new MetaValue(10, "{\"a\":\"it's\"}")],
            IncludesWellKnownCertificates = true,
        };
        schematic.Document.ShouldBe("""
            customization:
                extraKernelArgs:
                    - net.ifnames=0
                    - -quiet
                meta:
                    - key: 10
                      value: '{"a":"it''s"}'
                systemExtensions:
                    officialExtensions:
                        - siderolabs/iscsi-tools
                        - siderolabs/util-linux-tools
                secureboot:
                    includeWellKnownCertificates: true

            """);
    }

    [Fact]
    public void Another_order_of_extensions_is_the_same_schematic() =>
        new Schematic { Extensions = ["b", "a"] }.Id.ShouldBe(new Schematic { Extensions = ["a", "siderolabs/b"] }.Id);

    [Theory]
    [InlineData("nocloud", false, "v1.9.2", "installer", "nocloud-amd64")]
    [InlineData("nocloud", true, "v1.12.4", "nocloud-installer-secureboot", "nocloud-amd64-secureboot")]
    [InlineData("metal", false, "v1.12.3", "metal-installer", "metal-amd64")]
    public void Images_have_the_factory_s_names(
        string platform, bool secureBoot, string version, string installer, string file)
    {
        var image = new FactoryImage(version, "376567", platform, secureBoot);
        image.Installer.ShouldBe($"factory.talos.dev/{installer}/376567:{version}");
        image.Iso.ShouldBe($"https://factory.talos.dev/image/376567/{version}/{file}.iso");
        image.Disk("raw.xz").ShouldBe($"https://factory.talos.dev/image/376567/{version}/{file}.raw.xz");
        image.Disk("qcow2").ShouldBe($"https://factory.talos.dev/image/376567/{version}/{file}.qcow2");
    }

    [Fact]
    public void What_a_component_needs_of_the_image_is_told_when_it_is_missing()
    {
        ExtensionNeeds.Check("fluodata", ["longhorn", "loki"], ["iscsi-tools", "siderolabs/util-linux-tools"])
            .ShouldBeEmpty();
        ExtensionNeeds.Check("fluodata", ["longhorn"], ["iscsi-tools"]).Single()
            .ShouldBe(FactoryDiagnostics.NeedsExtensions("fluodata", "longhorn", ["util-linux-tools"]));
    }

    private static Schematic Of(Value.Map document)
    {
        var custom = document["customization"] as Value.Map ?? Value.Map.Empty;
        return new Schematic
        {
            KernelArguments = custom["extraKernelArgs"].AsList().Map(each => each.AsText()!),
            Meta = custom["meta"].AsList().Cast<Value.Map>()
                .Select(each => new MetaValue((byte)each["key"].AsNumber()!, each["value"].AsText()!)).ToValueList(),
            IncludesWellKnownCertificates = custom["secureboot"] is Value.Map,
        };
    }
}
