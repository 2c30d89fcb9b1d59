using Orrery.Model.Diagnostics;
using Orrery.Model.Values;

namespace Orrery.Providers.ImageFactory;

/// <summary>Asks the factory what a declaration takes for granted; nothing is changed.</summary>
public static class FactoryChecks
{
    /// <summary>How many similar names a message shows.</summary>
    private const int SuggestionsMax = 4;

    /// <param name="version">For example <c>v1.12.4</c>.</param>
    /// <param name="extensions">Short, or with their vendor.</param>
    public static async Task<ValueList<Diagnostic>> RunAsync(
        FactoryClient client, string version, IEnumerable<string> extensions, CancellationToken cancellation)
    {
        var versions = await client.VersionsAsync(cancellation);
        if (!versions.Contains(version))
        {
            var minor = version[..(version.LastIndexOf('.') + 1)];
            var near = versions.Where(each => each.StartsWith(minor, StringComparison.Ordinal)).ToList();
            return [FactoryDiagnostics.NoVersion(version, (near.Count > 0 ? near : versions).TakeLast(SuggestionsMax))];
        }

        var known = await client.ExtensionsAsync(version, cancellation);
        return
        [
            .. from extension in extensions.Distinct().Order(StringComparer.Ordinal)
               let name = Schematic.FullName(extension)
               where !known.Contains(name)
               select FactoryDiagnostics.NoExtension(extension, version, Similar(name, known)),
        ];
    }

    /// <summary>Those that share a word with it.</summary>
    private static IEnumerable<string> Similar(string name, IReadOnlyList<string> known)
    {
        static IEnumerable<string> Words(string full) => full[(full.IndexOf('/') + 1)..].Split('-');
        return known.Where(each => Words(each).Intersect(Words(name)).Any())
            .Order(StringComparer.Ordinal).Take(SuggestionsMax);
    }
}
