using System.Text;
using System.Text.RegularExpressions;

namespace Orrery.Secrets.Guard.Allowing;

/// <summary>
/// Paths as <c>.gitignore</c> has them: <c>*</c> within a name, <c>**</c> over folders; a folder means all in it.
/// </summary>
internal static class PathPattern
{
    public static Regex Parse(string pattern)
    {
        var text = new StringBuilder("^");
        pattern = pattern.TrimStart('/');
        for (var at = 0; at < pattern.Length; at++)
        {
            switch (pattern[at..])
            {
                case ['*', '*', '/', ..]:
                    text.Append("(?:.*/)?");
                    at += 2;
                    break;
                case ['*', '*', ..]:
                    text.Append(".*");
                    at++;
                    break;
                case ['*', ..]:
                    text.Append("[^/]*");
                    break;
                case ['?', ..]:
                    text.Append("[^/]");
                    break;
                default:
                    text.Append(Regex.Escape(pattern[at].ToString()));
                    break;
            }
        }

        text.Append(pattern.EndsWith('/') ? "" : "(?:/|$)");
        return new Regex(
            text.ToString(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Regex.InfiniteMatchTimeout);
    }
}
