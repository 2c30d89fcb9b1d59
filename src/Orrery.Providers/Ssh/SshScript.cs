namespace Orrery.Providers.Ssh;

/// <summary>Writes commands for a POSIX shell.</summary>
public static class SshScript
{
    /// <summary>
    /// Writes its input to <c>$1</c>: first the SHA-256 that all that follows must have, then the content. The file
    /// appears under its name complete, with its mode and owner, or not at all; also after a power cut.
    /// </summary>
    private const string Deliver =
        """
        set -eu
        umask 077
        target=$1 mode=$2 owner=$3
        folder=$(dirname -- "$target")
        temp=$(mktemp -- "$folder/.orrery.XXXXXXXXXX")
        trap 'rm -f -- "$temp"' EXIT
        trap 'exit 1' HUP INT TERM
        IFS= read -r expected
        cat >"$temp"
        actual=$(sha256sum <"$temp")
        if [ "${actual%% *}" != "$expected" ]; then
            echo "the content arrived incomplete" >&2
            exit 74
        fi
        chmod -- "$mode" "$temp"
        if [ -n "$owner" ]; then chown -- "$owner" "$temp"; fi
        sync -- "$temp"
        mv -fT -- "$temp" "$target"
        sync -- "$folder"
        """;

    /// <summary>One word for the shell, whatever stands in it.</summary>
    public static string Quote(string word) => $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";

    /// <summary>
    /// The command that runs a script with the plain shell, whichever the user's own is. Its arguments are <c>$1</c>,
    /// <c>$2</c> and so on.
    /// </summary>
    public static string Of(string script, params ReadOnlySpan<string> arguments)
    {
        var words = new List<string> { "/bin/sh", "-c", Quote(script), "sh" };
        foreach (var argument in arguments)
            words.Add(Quote(argument));
        return string.Join(' ', words);
    }

    internal static string ToDeliver(SshFile file) => Of(Deliver, file.Path, file.Mode, file.Owner ?? "");
}
