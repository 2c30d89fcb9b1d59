namespace Orrery.Secrets.Age.Plugins;

/// <summary>Which recipients may stand together in one file (c2sp.org/age-plugin, extension-labels).</summary>
public static class Labels
{
    /// <summary>Nobody can open the file with a quantum computer: which ends where one recipient lacks it.</summary>
    public const string PostQuantum = "postquantum";

    /// <summary>Refuses sets that differ with an <see cref="AgeException"/> that says why.</summary>
    public static void Check(IEnumerable<IReadOnlyCollection<string>> sets)
    {
        var different = sets.Select(set => string.Join(' ', set.Order(StringComparer.Ordinal))).Distinct().ToList();
        if (different.Count < 2)
            return;
        throw new AgeException(
            AgeFailure.Header,
            different.Contains(PostQuantum)
                ? "post-quantum recipients cannot share a file with others: who breaks those would read it"
                : "these recipients cannot share a file: their plugins ask for recipients of one kind only");
    }
}
