using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.GitOps;

/// <summary>The example cosmos with Flux in place of Argo CD, and SOPS beside Sealed Secrets.</summary>
internal static class FluxPlatform
{
    /// <summary>The declaration.</summary>
    public static string Text => Of(File.ReadAllText(
        Path.Combine(ContractFolder.RepositoryRoot, "examples", "cosmos", "platform.yaml")));

    /// <summary>The example's text, without what only Argo CD has.</summary>
    public static string Of(string cosmos)
    {
        var begin = cosmos.IndexOf("  gitops:\n", StringComparison.Ordinal);
        var end = cosmos.IndexOf("  components:\n", StringComparison.Ordinal);
        return (cosmos[..begin] + "  gitops: { flux: }\n" + cosmos[end..])
            .Replace("secrets: { sealedSecrets: }", "secrets: { sealedSecrets: , sops: }");
    }

    public static Platform Platform { get; } = Read(Text);

    public static Cluster Cluster { get; } = Platform.Clusters["prod"];

    public static Platform With(string old, string replacement)
    {
        Text.ShouldContain(old);
        return Read(Text.Replace(old, replacement, StringComparison.Ordinal));
    }

    /// <summary>With SOPS documents for its cluster, and a recipient that it has.</summary>
    public static Platform With(string recipient, params (string Name, string Text)[] documents) => Platform with
    {
        Clusters = ValueMap.Of(("prod", Cluster with
        {
            Documents = ValueMap.Of(documents),
            Recipients = [recipient],
        })),
    };

    private static Platform Read(string text)
    {
        var read = Declaration.Read([new SourceFile("platform.yaml", text)], profile: null);
        read.Diagnostics.ShouldBeEmpty();
        return read.Value.ShouldNotBeNull();
    }
}
