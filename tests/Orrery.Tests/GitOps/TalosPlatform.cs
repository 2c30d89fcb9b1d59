using Orrery.Model.Platforms;
using Orrery.Model.Spec;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.GitOps;

/// <summary>The platform of five machines that run Talos, with Cilium and its addresses for services.</summary>
internal static class TalosPlatform
{
    private static string Text { get; } = File.ReadAllText(Path.Combine(
        ContractFolder.RepositoryRoot, "tests", "Orrery.Tests", "Rehearsal", "Talos", "platform.yaml"));

    public static Platform Platform { get; } = Read(Text);

    public static Cluster Cluster { get; } = Platform.Clusters["talos"];

    public static Platform With(params (string Old, string Replacement)[] changes)
    {
        var text = Text;
        foreach (var (old, replacement) in changes)
        {
            text.ShouldContain(old);
            text = text.Replace(old, replacement, StringComparison.Ordinal);
        }

        return Read(text);
    }

    private static Platform Read(string text)
    {
        var read = Declaration.Read([new SourceFile("platform.yaml", text)], profile: null);
        read.Diagnostics.ShouldBeEmpty();
        return read.Value.ShouldNotBeNull();
    }
}
