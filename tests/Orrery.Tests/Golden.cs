using System.Text;
using Orrery.Tests.Contracts;

namespace Orrery.Tests;

/// <summary>
/// Compares text with files of the repository, byte for byte. <c>UPDATE_GOLDEN=1 dotnet test</c> writes them instead,
/// to be read in the diff of the commit.
/// </summary>
internal static class Golden
{
    /// <summary>Lines shown before and after the first difference.</summary>
    private const int Context = 4;

    private static readonly bool Update = Environment.GetEnvironmentVariable("UPDATE_GOLDEN") == "1";

    /// <summary>The folder of a feature's golden files.</summary>
    public static string Folder(string feature) =>
        Path.Combine(ContractFolder.RepositoryRoot, "tests", "Orrery.Tests", "Golden", feature);

    /// <param name="path">Relative to the root of the repository, with forward slashes.</param>
    public static void Match(string path, string actual)
    {
        var file = Path.Combine([ContractFolder.RepositoryRoot, .. path.Split('/')]);
        if (Update)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllBytes(file, Encoding.UTF8.GetBytes(actual));
            return;
        }

        var expected = File.Exists(file) ? Encoding.UTF8.GetString(File.ReadAllBytes(file)) : "";
        if (expected != actual)
            Assert.Fail($"{path} differs (UPDATE_GOLDEN=1 rewrites it):\n{Difference(expected, actual)}");
    }

    /// <summary>Fails on files of a feature that no test compares with anything.</summary>
    public static void HasNothingBut(string feature, IEnumerable<string> used)
    {
        var known = used.ToHashSet(StringComparer.Ordinal);
        var unused = Directory.EnumerateFiles(Folder(feature), "*", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Folder(feature), file).Replace('\\', '/'))
            .Where(file => !known.Contains(file))
            .Order(StringComparer.Ordinal);
        unused.ShouldBeEmpty();
    }

    private static string Difference(string expected, string actual)
    {
        var (before, after) = (expected.Split('\n'), actual.Split('\n'));
        var first = 0;
        while (first < before.Length && first < after.Length && before[first] == after[first])
            first++;
        var text = new StringBuilder($"line {first + 1}:\n");
        foreach (var line in before.Skip(first - Context).Take(Math.Min(first, Context)))
            text.Append("  ").Append(line).Append('\n');
        foreach (var line in before.Skip(first).Take(Context))
            text.Append("- ").Append(line).Append('\n');
        foreach (var line in after.Skip(first).Take(Context))
            text.Append("+ ").Append(line).Append('\n');
        return text.ToString();
    }
}
