using System.Globalization;
using System.Text.RegularExpressions;

namespace Orrery.Simulation.ImageUpdates;

/// <summary>Which tags of an image count, and how the best is found.</summary>
/// <param name="Strategy">As it is written; what is not known is <c>semver</c>, without a word.</param>
/// <param name="AllowTags"><c>regexp:…</c> or <c>any</c>; null for any.</param>
/// <param name="Constraint">Behind the image's name; null for none.</param>
internal sealed record TagRules(
    string? Strategy, string? AllowTags, IReadOnlyList<string> IgnoreTags, string? Constraint);

/// <summary>
/// The update strategies (https://argocd-image-updater.readthedocs.io/en/stable/basics/update-strategies/).
/// </summary>
internal static partial class TagChoice
{
    private static readonly TimeSpan MatchMax = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The tag to use; null where none fits. What is not simulated is a <see cref="FormatException"/>.
    /// </summary>
    public static ImageTag? Best(TagRules rules, IReadOnlyList<ImageTag> tags)
    {
        var allowed = tags.Where(tag => IsAllowed(rules.AllowTags, tag.Name) && !rules.IgnoreTags.Contains(tag.Name));
        return rules.Strategy switch
        {
            "newest-build" or "latest" =>
                allowed.OrderBy(tag => tag.Built).ThenBy(tag => tag.Name, StringComparer.Ordinal)
                .LastOrDefault(),
            "alphabetical" or "name" => allowed.OrderBy(tag => tag.Name, StringComparer.Ordinal).LastOrDefault(),
            "digest" => allowed.FirstOrDefault(tag => tag.Name == rules.Constraint),
            _ => allowed.Select(tag => (Tag: tag, Version: Parse(tag.Name)))
                .Where(each => each.Version is not null && IsWithin(rules.Constraint, each.Version.Value))
                .OrderBy(each => each.Version!.Value).ThenBy(each => each.Tag.Name, StringComparer.Ordinal)
                .Select(each => each.Tag).LastOrDefault(),
        };
    }

    public static bool IsDigest(string? strategy) => strategy == "digest";

    private static bool IsAllowed(string? allow, string tag)
    {
        const string prefix = "regexp:";
        if (string.IsNullOrEmpty(allow) || allow == "any")
            return true;
        // What is neither is ignored with a warning, and then nothing matches.
        return allow.StartsWith(prefix, StringComparison.Ordinal)
            && Regex.IsMatch(tag, allow[prefix.Length..], RegexOptions.CultureInvariant, MatchMax);
    }

    // Missing parts count as zero, so that plain numbers are versions too.
    private static (long Major, long Minor, long Patch, int IsRelease, string Pre)? Parse(string text)
    {
        var match = VersionText().Match(text);
        if (!match.Success)
            return null;
        var pre = match.Groups["pre"].Value;
        return (Number(match.Groups["a"]), Number(match.Groups["b"]), Number(match.Groups["c"]),
            pre.Length == 0 ? 1 : 0, pre);
    }

    private static long Number(Group group) =>
        group.Success && long.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : 0;

    private static bool IsWithin(
        string? constraint, (long Major, long Minor, long Patch, int IsRelease, string Pre) version)
    {
        if (string.IsNullOrEmpty(constraint) || constraint is "*" or "x")
            return true;
        var match = ConstraintText().Match(constraint);
        if (!match.Success)
            throw new FormatException($"the simulated Image Updater does not support the constraint '{constraint}'");
        if (version.IsRelease == 0)
            return false;
        var parts = match.Groups["what"].Value.Split('.');
        var wanted = parts.Select(part => part is "x" or "X" or "*" ? (long?)null : Whole(part)).ToList();
        var given = wanted.TakeWhile(part => part is not null).Count();
        var (major, minor, patch) = (
            wanted[0] ?? 0, wanted.ElementAtOrDefault(1) ?? 0, wanted.ElementAtOrDefault(2) ?? 0);
        var actual = (version.Major, version.Minor, version.Patch);
        var least = (major, minor, patch);
        return match.Groups["how"].Value switch
        {
            ">=" => actual.CompareTo(least) >= 0,
            ">" => actual.CompareTo(least) > 0,
            "^" => actual.CompareTo(least) >= 0 && version.Major == major && (major > 0 || version.Minor == minor),
            "~" => actual.CompareTo(least) >= 0 && version.Major == major && (given < 2 || version.Minor == minor),
            _ => given == 0
                || (version.Major == major && (given < 2 || version.Minor == minor)
                    && (given < 3 || version.Patch == patch)),
        };
    }

    private static long Whole(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(
        @"^v?(?<a>\d{1,18})(\.(?<b>\d{1,18}))?(\.(?<c>\d{1,18}))?(-(?<pre>[0-9A-Za-z.-]+))?(\+[0-9A-Za-z.-]+)?$",
            RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex VersionText();

    [GeneratedRegex(
        @"^\s*(?<how>>=|>|=|\^|~|)\s*v?(?<what>(\d+|[xX*])(\.(\d+|[xX*])){0,2})\s*$",
            RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ConstraintText();
}
