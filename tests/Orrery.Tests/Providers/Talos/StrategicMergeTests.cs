using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Configuration;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.Talos;

/// <summary>Patches, held to the pairs of documents in Talos' own tests.</summary>
public class StrategicMergeTests
{
    [ContractTheory]
    [InlineData("001")]
    [InlineData("002")]
    [InlineData("003")]
    [InlineData("004")]
    [InlineData("005")]
    [InlineData("006")]
    public void A_document_is_merged_as_Talos_does(string pair)
    {
        IReadOnlyList<Value> Read(string name) => YamlDocuments.Read(File.ReadAllText(TalosContract.Machinery(
            "config", "types", "v1alpha1", "testdata", "strategic", pair, $"{name}.yaml")));
        // Their right side has no version, which a file of the first document needs not have.
        var right = Read("right").Select(patch => (Value)Versioned((Value.Map)patch)).ToList();
        Shown(StrategicMerge.Apply(Read("left").ToValueList(), right)).ShouldBe(Shown(Read("expected")));
    }

    [ContractTheory]
    [InlineData("auditpolicy", "config", "expected", "patch1")]
    [InlineData("multidoc", "config", "expected", "strategic1", "strategic2")]
    [InlineData("patchdelete", "config", "expected", "strategic1")]
    [InlineData(
        "patchdelete", "controlplane_orig", "controlplane_expected", "strategic2", "strategic3", "strategic4")]
    [InlineData("patchdeletemissing", "config", "config", "strategic1")]
    [InlineData("patchlink", "base", "expected", "patch")]
    [InlineData("apply", "config", "expected_manifests", "strategic4")]
    public void Patches_are_applied_as_Talos_does(
        string folder, string config, string expected, params string[] patches)
    {
        var merged = patches.Aggregate(
            Read(folder, config), (documents, patch) => StrategicMerge.Apply(documents, Read(folder, patch)));
        Shown(merged).ShouldBe(Shown(Read(folder, expected)));
    }

    // Upstream's case mixes in two JSON patches, which we do not take: what they do is written as a merge here.
    [ContractFact]
    public void Interfaces_and_their_VLANs_are_told_apart_by_name_and_number()
    {
        var json = YamlDocuments.Read(
            "machine: {network: {hostname: foo, interfaces: [{interface: eth0, addresses: [10.1.2.3/24]}]}}");
        var merged = StrategicMerge.Apply(Read("apply", "config"), Read("apply", "strategic1"));
        merged = StrategicMerge.Apply(merged, json);
        merged = StrategicMerge.Apply(merged, Read("apply", "strategic2"));
        merged = StrategicMerge.Apply(merged, Read("apply", "strategic3"));
        Shown(merged).ShouldBe(Shown(Read("apply", "expected")));
    }

    [Fact]
    public void A_secret_that_no_patch_touches_stays_one()
    {
        ValueList<Value> documents = [Value.MapOf(("machine", Value.MapOf(("token", new Value.Sensitive("t0ken")))))];
        var merged = StrategicMerge.Apply(documents, YamlDocuments.Read("machine: {nodeLabels: {a: b}}"));
        $"{merged}".ShouldContain("(sensitive)");
        $"{merged}".ShouldNotContain("t0ken");
    }

    [Fact]
    public void A_document_that_is_not_there_is_added_and_one_that_shall_go_is_not()
    {
        ValueList<Value> none = [];
        StrategicMerge.Apply(none, YamlDocuments.Read("apiVersion: v1alpha1\nkind: KmsgLogConfig\nname: a"))
            .Count.ShouldBe(1);
        StrategicMerge.Apply(none, YamlDocuments.Read("apiVersion: v1alpha1\nkind: KmsgLogConfig\n$patch: delete"))
            .ShouldBeEmpty();
    }

    private static ValueList<Value> Read(string folder, string name) => YamlDocuments.Read(File.ReadAllText(
        TalosContract.Machinery("config", "configpatcher", "testdata", folder, $"{name}.yaml")))
        .Select(document => (Value)Versioned((Value.Map)document)).ToValueList();

    private static Value.Map Versioned(Value.Map document) =>
        document["kind"] is Value.Null ? new Value.Map(document.Fields.With("version", "v1alpha1")) : document;

    // Go writes some fields that are empty: they say nothing. Nor does a line break before a manifest.
    private static string Shown(IEnumerable<Value> documents) =>
        YamlText.WriteAll(documents.Select(document => TalosContract.Plain(document) ?? Value.Map.Empty));
}
