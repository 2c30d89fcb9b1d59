using Orrery.Secrets.Guard.Allowing;
using Orrery.Secrets.Guard.Documents;

namespace Orrery.Secrets.Guard;

/// <summary>What is wrong in a whole tree, of what its files say each.</summary>
public static class TreeSearch
{
    /// <summary>The list of what is allowed, at the root of the tree.</summary>
    public const string ListName = ".orrery-guard.yaml";

    /// <summary>In order of path and place.</summary>
    /// <param name="list">The list of allowances; null where there is none.</param>
    public static IReadOnlyList<Finding> Of(IReadOnlyCollection<FileSearch> files, byte[]? list)
    {
        var problems = new List<Finding>();
        var allowances = files.SelectMany(file => file.Allowances).ToList();
        if (list is not null && GuardedText.Of(ListName, list) is { } text)
        {
            var (listed, unusable) = Allowances.OfList(text);
            allowances.AddRange(listed);
            problems.AddRange(unusable);
        }

        var wiring = files.Select(file => file.Wiring).OfType<WiringFile>().ToArray();
        var used = new HashSet<Allowance>(ReferenceEqualityComparer.Instance);
        foreach (var finding in files.SelectMany(file => file.Findings).Concat(Wiring.Find(wiring)))
        {
            var covering = allowances.Where(allowance => allowance.Covers(finding)).ToArray();
            used.UnionWith(covering);
            if (covering.Length == 0)
                problems.Add(finding);
        }

        problems.AddRange(
            allowances.Where(allowance => !used.Contains(allowance)).Select(allowance => allowance.Place));
        return
        [
            .. problems.OrderBy(finding => finding.Path, StringComparer.Ordinal).ThenBy(finding => finding.Line)
                .ThenBy(finding => finding.Column).ThenBy(finding => finding.Rule.Name, StringComparer.Ordinal),
        ];
    }
}
