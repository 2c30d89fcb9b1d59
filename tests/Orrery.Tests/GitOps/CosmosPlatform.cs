using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.GitOps;

/// <summary>The example cosmos, as it is declared.</summary>
internal static class CosmosPlatform
{
    public static Platform Platform { get; } = With("cosmos", "cosmos");

    public static Cluster Cluster { get; } = Platform.Clusters["prod"];

    /// <summary>With one text of the declaration replaced.</summary>
    public static Platform With(string old, string replacement)
    {
        var path = Path.Combine(ContractFolder.RepositoryRoot, "examples", "cosmos", "platform.yaml");
        var text = File.ReadAllText(path);
        text.ShouldContain(old);
        var file = new SourceFile("platform.yaml", text.Replace(old, replacement, StringComparison.Ordinal));
        return Declaration.Read([file], profile: null).Value.ShouldNotBeNull();
    }
}
