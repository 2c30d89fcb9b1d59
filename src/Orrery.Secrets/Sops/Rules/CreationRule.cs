using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops.Rules;

/// <summary>How a new file is encrypted: for whom, and which of its values.</summary>
public sealed record CreationRule
{
    /// <summary>For one group of age recipients, each of which can open the file alone.</summary>
    public static CreationRule For(params IEnumerable<string> recipients) =>
        new() { Groups = [[.. recipients.Select(recipient => new SopsKey.Age(recipient, ""))]] };

    /// <summary>For several groups, of which as many as the threshold must agree.</summary>
    public static CreationRule ForGroups(int threshold, params IEnumerable<IEnumerable<string>> groups) => new()
    {
        Groups = [.. groups.Select(
            group => (IReadOnlyList<SopsKey>)[.. group.Select(recipient => new SopsKey.Age(recipient, ""))])],
        Threshold = threshold,
    };

    public SopsSelection Selection { get; init; } = SopsSelection.Default;

    public bool MacOnlyEncrypted { get; init; }

    /// <summary>How many key groups are needed; 0 for all.</summary>
    public int Threshold { get; init; }

    /// <summary>Age recipients as they are, other keys by kind and name.</summary>
    public IReadOnlyList<string> Readers =>
    [
        .. Groups.SelectMany(group => group).Select(
            key => key is SopsKey.Age age ? age.Recipient : ((SopsKey.Foreign)key).Name),
    ];

    /// <summary>It has no path: it says how files are encrypted, and not which.</summary>
    internal bool IsForAll { get; init; }

    internal IReadOnlyList<IReadOnlyList<SopsKey>> Groups { get; init; } = [];
}
