using System.Globalization;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Secrets.Sops.Keys;

/// <summary>One key that opens a document, with the data key, or a share of it, wrapped for it.</summary>
internal abstract record SopsKey
{
    private SopsKey()
    {
    }

    /// <param name="Enc">An armored age file; empty before it is wrapped.</param>
    public sealed record Age(string Recipient, string Enc) : SopsKey;

    /// <summary>A key of a kind that we recognise and cannot use.</summary>
    public sealed record Foreign(string Kind, MetaMap Entry) : SopsKey
    {
        /// <summary>Its kind in words, and what tells it from others of its kind.</summary>
        public string Name => $"{ForeignKeys.Titles[Kind]} {Id}".TrimEnd();

        private string Id => Entry.Text("fp") ?? Entry.Text("arn") ?? Entry.Text("resource_id") ?? Entry.Text("key_id")
            ?? Entry.Text("key_name") ?? Entry.Text("name") ?? "";
    }
}

/// <summary>The kinds of keys that SOPS has beside age, by their name in the metadata.</summary>
internal static class ForeignKeys
{
    public static IReadOnlyDictionary<string, string> Titles { get; } = new Dictionary<string, string>
    {
        ["kms"] = "AWS KMS",
        ["gcp_kms"] = "Google Cloud KMS",
        ["hckms"] = "Huawei Cloud KMS",
        ["azure_kv"] = "Azure Key Vault",
        ["hc_vault"] = "HashiCorp Vault",
        ["pgp"] = "PGP",
    };
}

/// <summary>What SOPS keeps beside the values: who can read them, which are encrypted, and their MAC.</summary>
internal sealed record SopsMetadata
{
    /// <summary>The version that we write: the one whose behaviour this is.</summary>
    public const string CurrentVersion = "3.13.2";

    public required IReadOnlyList<IReadOnlyList<SopsKey>> Groups { get; init; }

    /// <summary>How many groups are needed; 0 where there is one, and where all are.</summary>
    public int Threshold { get; init; }

    public SopsSelection Selection { get; init; } = SopsSelection.Default;

    public bool MacOnlyEncrypted { get; init; }

    /// <summary>The MAC, encrypted; empty where there is none yet.</summary>
    public string Mac { get; init; } = "";

    /// <summary>RFC 3339 with whole seconds; authenticates the MAC.</summary>
    public string LastModified { get; init; } = "";

    public string Version { get; init; } = CurrentVersion;

    public static string Stamp(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    public static SopsMetadata Read(MetaMap map)
    {
        var groups = GroupOf(map);
        var selections = SopsSelection.Names.Where(name => map.Text(name) is not null).ToArray();
        if (selections.Length > 1)
            throw Refused($"it has both {selections[0]} and {selections[1]}, and one of them is allowed");

        return new SopsMetadata
        {
            Groups = groups.Count > 0 ? [groups] : [.. map.Maps("key_groups").Select(GroupOf)],
            Threshold = ReadThreshold(map.Text("shamir_threshold")),
            Selection = selections is [var name] ? SopsSelection.Of(name, map.Text(name)!) : SopsSelection.Default,
            MacOnlyEncrypted = map.Text("mac_only_encrypted") is "true" or "True" or "1",
            Mac = map.Text("mac") ?? "",
            LastModified = ReadTime(map.Text("lastmodified")),
            Version = map.Text("version") ?? "",
        };
    }

    public MetaMap Write()
    {
        var entries = new Dictionary<string, MetaNode>
        {
            ["lastmodified"] = new MetaText(LastModified),
            ["mac"] = new MetaText(Mac),
            ["version"] = new MetaText(Version),
            [Selection.Name] = new MetaText(Selection.Pattern),
        };
        if (MacOnlyEncrypted)
            entries["mac_only_encrypted"] = new MetaText("true", IsBare: true);
        if (Threshold != 0)
        {
            entries["shamir_threshold"] =
                new MetaText(Threshold.ToString(CultureInfo.InvariantCulture), IsBare: true);
        }

        if (Groups.Count == 1)
        {
            foreach (var (kind, keys) in ByKind(Groups[0]))
                entries[kind] = keys;
        }
        else
        {
            entries["key_groups"] = new MetaList([.. Groups.Select(WriteGroup)]);
        }

        return MetaMap.Of(entries);
    }

    private static MetaMap WriteGroup(IReadOnlyList<SopsKey> group)
    {
        // SOPS writes these two in a group even where they are empty.
        var entries = new Dictionary<string, MetaNode> { ["age"] = new MetaList([]), ["hc_vault"] = new MetaList([]) };
        foreach (var (kind, keys) in ByKind(group))
            entries[kind] = keys;
        return MetaMap.Of(entries);
    }

    private static IEnumerable<(string Kind, MetaList Keys)> ByKind(IReadOnlyList<SopsKey> group) => group
        .GroupBy(key => key is SopsKey.Foreign foreign ? foreign.Kind : "age")
        .Select(kind => (kind.Key, new MetaList([.. kind.Select(WriteKey)])));

    private static MetaNode WriteKey(SopsKey key) => key switch
    {
        SopsKey.Age age => MetaMap.Of(
        [
            KeyValuePair.Create<string, MetaNode>("recipient", new MetaText(age.Recipient)),
            KeyValuePair.Create<string, MetaNode>("enc", new MetaText(age.Enc)),
        ]),
        SopsKey.Foreign foreign => foreign.Entry,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static List<SopsKey> GroupOf(MetaMap map)
    {
        var keys = new List<SopsKey>();
        foreach (var kind in ForeignKeys.Titles.Keys)
            keys.AddRange(map.Maps(kind).Select(entry => new SopsKey.Foreign(kind, entry)));
        keys.AddRange(map.Maps("age").Select(
            entry => new SopsKey.Age(entry.Text("recipient") ?? "", entry.Text("enc") ?? "")));
        return keys;
    }

    private static int ReadThreshold(string? text)
    {
        if (text is null)
            return 0;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Refused("shamir_threshold is no number");
    }

    private static string ReadTime(string? text)
    {
        if (!DateTimeOffset.TryParse(
                text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw Refused("lastmodified is no time of RFC 3339");
        return time.Offset == TimeSpan.Zero
            ? Stamp(time)
            : time.ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
    }

    private static SopsException Refused(string why) =>
        new(SopsFailure.Metadata, $"the metadata cannot be used: {why}");
}
