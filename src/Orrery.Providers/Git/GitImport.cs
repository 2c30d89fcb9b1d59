using System.Globalization;
using System.Text;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Git;

/// <summary>One commit as <c>git fast-import</c> reads it (https://git-scm.com/docs/git-fast-import).</summary>
internal static class GitImport
{
    /// <summary>Where the new commit stands in the cache until it is pushed.</summary>
    public const string Reference = "refs/orrery/next";

    /// <param name="parent">The commit that it follows; null where it is the first.</param>
    public static byte[] Of(GitChange change, string? parent)
    {
        using var stream = new MemoryStream();
        void Line(string text) => stream.Write(Encoding.UTF8.GetBytes($"{text}\n"));
        void Data(string content)
        {
            var bytes = Encoding.UTF8.GetBytes(content);
            Line($"data {bytes.Length.ToString(CultureInfo.InvariantCulture)}");
            stream.Write(bytes);
            Line("");
        }

        // Without it a second first commit would follow the one that an earlier call left here.
        Line($"reset {Reference}");
        Line("");
        Line($"commit {Reference}");
        Line($"author {Signed(change)}");
        Line($"committer {Signed(change)}");
        Data(change.Message);
        if (parent is not null)
            Line($"from {parent}");
        foreach (var path in change.Removed)
            Line($"D {Checked(path)}");
        foreach (var (path, content) in change.Files)
        {
            Line($"M 100644 inline {Checked(path)}");
            Data(content);
        }

        Line("done");
        return stream.ToArray();
    }

    private static string Signed(GitChange change)
    {
        var seconds = change.Time.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{Plain(change.Author.Name)} <{Plain(change.Author.Email)}> {seconds} +0000";
    }

    // What would end the name in git's format.
    private static string Plain(string text) =>
        new([.. text.Where(character => character is not ('<' or '>') && !char.IsControl(character))]);

    private static string Checked(string path)
    {
        var parts = path.Split('/');
        var isPlain = parts.All(part => part.Length > 0 && part is not ("." or ".."))
            && !parts.Contains(".git", StringComparer.OrdinalIgnoreCase)
            && !path.StartsWith('"') && !path.Any(char.IsControl);
        return isPlain
            ? path
            : throw new ProviderException(ProviderErrorCode.Invalid, $"'{path}' is no path of a file in a repository");
    }
}
