using Xunit.Abstractions;

[assembly: TestCollectionOrderer("Orrery.Tests.LongestFirst", "Orrery.Tests")]

namespace Orrery.Tests;

/// <summary>
/// Classes that play whole lives begin first: one that begins last runs alone, while a processor has nothing to do.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    // By what part of the name says, the longest first.
    private static readonly string[] Long =
        ["RehearsalTests", "TalosUpgradeTests", "DocumentCommandsTests", "Simulating", "MadePlatform", "OfTalosTests"];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => RankOf(collection.DisplayName))
            .ThenBy(collection => collection.DisplayName, StringComparer.Ordinal);

    private static int RankOf(string name)
    {
        var at = Array.FindIndex(Long, part => name.Contains(part, StringComparison.Ordinal));
        return at < 0 ? Long.Length : at;
    }
}
