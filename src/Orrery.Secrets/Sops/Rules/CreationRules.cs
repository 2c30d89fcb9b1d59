using System.Globalization;
using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops.Rules;

/// <summary>
/// The creation rules of a <c>.sops.yaml</c>: the first whose path fits a file says how it is encrypted.
/// </summary>
public sealed class CreationRules
{
    /// <summary>The name of the file, in the folder of the files that it is for or above.</summary>
    public const string FileName = ".sops.yaml";

    private readonly IReadOnlyList<(string? Path, MetaMap Rule)> _rules;

    private CreationRules(IReadOnlyList<(string?, MetaMap)> rules) => _rules = rules;

    /// <exception cref="SopsException">The text is no YAML, or a path_regex is none.</exception>
    public static CreationRules Read(string text)
    {
        var rules = ConfigYaml.Read(text).Maps("creation_rules").ToArray();
        return new CreationRules(
            [.. rules.Select(rule => (PathOf(rule), rule))]);
    }

    /// <summary>The rule for a file; null where none fits.</summary>
    /// <param name="path">Relative to the folder of the rules, with slashes.</param>
    public CreationRule? Find(string path)
    {
        foreach (var (pattern, rule) in _rules)
        {
            if (pattern is null || GoRegex.IsMatch(path, pattern))
                return RuleOf(rule) with { IsForAll = pattern is null };
        }

        return null;
    }

    private static string? PathOf(MetaMap rule) =>
        rule.Text("path_regex") is { } path ? GoRegex.Check(path, "path_regex") : null;

    private static CreationRule RuleOf(MetaMap rule)
    {
        var selections = SopsSelection.Names.Where(name => rule.Text(name) is not null).ToArray();
        if (selections.Length > 1)
            throw Refused($"a rule has both {selections[0]} and {selections[1]}, and one of them is allowed");
        var groups = rule.Maps("key_groups").Select(group => (IReadOnlyList<SopsKey>)[.. GroupOf(group, 0)]).ToArray();
        return new CreationRule
        {
            Groups = groups.Length > 0 ? groups : [[.. KeysOf(rule)]],
            Threshold = ThresholdOf(rule.Text("shamir_threshold")),
            Selection = selections is [var name] ? SopsSelection.Of(name, rule.Text(name)!) : SopsSelection.Default,
            MacOnlyEncrypted = rule.Text("mac_only_encrypted") is "true" or "True" or "TRUE",
        };
    }

    /// <summary>What stands in a group that is merged into another belongs to that one; each key counts once.</summary>
    private static IEnumerable<SopsKey> GroupOf(MetaMap group, int depth)
    {
        const int DepthMax = 16;
        if (depth > DepthMax)
            throw Refused("key groups are merged too deep");
        return group.Maps("merge").SelectMany(merged => GroupOf(merged, depth + 1)).Concat(KeysOf(group))
            .DistinctBy(key => key is SopsKey.Age age ? age.Recipient : ((SopsKey.Foreign)key).Name);
    }

    private static IEnumerable<SopsKey> KeysOf(MetaMap rule)
    {
        foreach (var recipient in TextsOf(rule, "age"))
            yield return new SopsKey.Age(recipient, "");
        foreach (var (field, kind, id) in Foreign)
        {
            foreach (var text in TextsOf(rule, field))
            {
                yield return new SopsKey.Foreign(
                    kind, MetaMap.Of([KeyValuePair.Create<string, MetaNode>(id, new MetaText(text))]));
            }

            foreach (var entry in rule.Maps(field))
                yield return new SopsKey.Foreign(kind, entry);
        }
    }

    /// <summary>The names of fields in rules, the kinds in metadata, and what tells two keys of a kind apart.</summary>
    private static IReadOnlyList<(string Field, string Kind, string Id)> Foreign { get; } =
    [
        ("pgp", "pgp", "fp"), ("kms", "kms", "arn"), ("gcp_kms", "gcp_kms", "resource_id"),
        ("hckms", "hckms", "key_id"), ("azure_keyvault", "azure_kv", "name"), ("hc_vault", "hc_vault", "key_name"),
        ("hc_vault_transit_uri", "hc_vault", "key_name"),
    ];

    /// <summary>A list of texts, or texts with commas between them.</summary>
    private static IEnumerable<string> TextsOf(MetaMap rule, string field) => rule.Find(field) switch
    {
        MetaText text => Split(text.Text),
        MetaList list => list.Items.OfType<MetaText>().SelectMany(item => Split(item.Text)),
        _ => [],
    };

    private static IEnumerable<string> Split(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static int ThresholdOf(string? text) => text is null ? 0
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw Refused("shamir_threshold is no number");

    private static SopsException Refused(string why) => new(SopsFailure.Rules, $"{FileName} cannot be used: {why}");
}
