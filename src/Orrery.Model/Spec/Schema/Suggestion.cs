namespace Orrery.Model.Spec.Schema;

/// <summary>"Did you mean": the known word that is closest to a mistyped one.</summary>
public static class Suggestion
{
    /// <summary>The sentence with a leading space, or nothing where no word is close.</summary>
    public static string Sentence(string written, IEnumerable<string> known) =>
        Find(written, known) is { } best ? $" Did you mean \"{best}\"?" : "";

    public static string? Find(string written, IEnumerable<string> known)
    {
        // A third of the letters may differ: farther words confuse more than they help.
        var limit = Math.Max(1, written.Length / 3);
        string? best = null;
        var bestDistance = limit + 1;
        foreach (var word in known)
        {
            if (Math.Abs(word.Length - written.Length) >= bestDistance)
                continue;
            var distance = Distance(written.ToLowerInvariant(), word.ToLowerInvariant());
            if (distance < bestDistance)
                (best, bestDistance) = (word, distance);
        }

        return best;
    }

    /// <summary>Insertions, deletions, exchanges of a letter, and swaps of two neighbours.</summary>
    private static int Distance(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1], last = new int[b.Length + 1], current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            last[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var cost = a[i - 1] == b[j - 1] ? 0 : 1;
                var best = Math.Min(Math.Min(last[j] + 1, current[j - 1] + 1), last[j - 1] + cost);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, beforeLast[j - 2] + 1);
                current[j] = best;
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[b.Length];
    }
}
