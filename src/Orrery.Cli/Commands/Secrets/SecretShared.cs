using System.CommandLine;
using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Secrets;
using Orrery.Cli.Terminal;
using Orrery.Secrets.Sops;

namespace Orrery.Cli.Commands.Secrets;

/// <summary>Arguments and options that several of the verbs have, always with the same name and meaning.</summary>
internal static class SecretShared
{
    public static Argument<string> File(string description) => new("FILE") { Description = description };

    public static Argument<string[]> Files() => new("FILE")
    {
        Description = "The encrypted files.",
        Arity = ArgumentArity.OneOrMore,
    };

    public static Option<string?> Type()
    {
        var names = Enum.GetNames<SopsFormat>().Select(name => name.ToLowerInvariant()).ToArray();
        return new Option<string?>("--type")
        {
            Description = "The format, where the name's end does not say it.",
            HelpName = string.Join('|', names),
        }.AcceptOnlyFromAmong(names);
    }

    public static Option<string[]> Recipients() => new("--recipient", "-r")
    {
        Description = "An age recipient (age1...) instead of those of .sops.yaml; may be repeated.",
        HelpName = "AGE1...",
    };

    /// <summary>Keys with dots between them, or in brackets as sops has them: <c>["a"]["b.c"][0]</c>.</summary>
    public static IReadOnlyList<string> PathOf(string text)
    {
        if (!text.StartsWith('['))
            return text.Split('.');
        var (parts, at) = (new List<string>(), 0);
        while (at < text.Length)
        {
            var isQuoted = at + 1 < text.Length && text[at + 1] is '"' or '\'';
            var end = isQuoted
                ? text.IndexOf($"{text[at + 1]}]", at + 2, StringComparison.Ordinal)
                : text.IndexOf(']', at);
            if (text[at] != '[' || end < 0)
            {
                throw new SecretRefusal(
                    SecretCodes.NoValue.At(null, $"'{text}' is no path.", ["write it as key.key, or [\"key\"][0]"]),
                    ExitCode.Invalid);
            }

            parts.Add(isQuoted ? text[(at + 2)..end] : text[(at + 1)..end]);
            at = end + (isQuoted ? 2 : 1);
        }

        return parts;
    }

    /// <summary>To standard output: text as text, all else byte by byte.</summary>
    public static void Print(Host host, byte[] bytes, SopsFormat format)
    {
        if (format != SopsFormat.Binary)
        {
            host.Screen.Print(Encoding.UTF8.GetString(bytes));
            return;
        }

        using var output = host.Screen.OutBytes();
        output.Write(bytes);
    }

    /// <summary>A verb over several files: all are tried, and one that is refused does not stop the others.</summary>
    /// <param name="change">The new file; null where nothing is to change.</param>
    public static async Task<int> ChangeAllAsync(
        Host host,
        FileChanges wish,
        Func<SecretFile, (byte[] Bytes, string What)?> change,
        CancellationToken cancellation)
    {
        var (changes, exitCode) = (new List<(SecretFile File, byte[] Bytes, string What)>(), ExitCode.Done);
        foreach (var shown in wish.Files)
        {
            exitCode = Math.Max(exitCode, await SecretRefusal.CatchAsync(host, () =>
            {
                var file = SecretFile.Read(host, shown, wish.Type);
                if (change(file) is { } changed)
                    changes.Add((file, changed.Bytes, changed.What));
                return Task.FromResult(ExitCode.Done);
            }));
        }

        if (changes.Count > 0 && !wish.Yes && !await ConfirmAsync(host, changes, cancellation))
            return exitCode == ExitCode.Done ? ExitCode.ChangesPending : exitCode;
        foreach (var (file, bytes, _) in changes)
        {
            exitCode = Math.Max(exitCode, await SecretRefusal.CatchAsync(host, () =>
            {
                file.Replace(bytes);
                return Task.FromResult(ExitCode.Done);
            }));
        }

        Report(host, wish, changes);
        return exitCode;
    }

    private static async Task<bool> ConfirmAsync(
        Host host, List<(SecretFile File, byte[] Bytes, string What)> changes, CancellationToken cancellation)
    {
        foreach (var (file, _, what) in changes)
            host.Screen.Tell($"{file.Shown}: {what}\n");
        if (!host.Screen.CanAsk)
        {
            host.Screen.Tell("not a terminal, so nobody is asked and nothing is done; --yes does it\n");
            return false;
        }

        host.Screen.Tell("\nWrite these files? [y/N] ");
        // Reading a line cannot be cancelled, waiting for it can.
        var answer = await Task.Run(host.Screen.In.ReadLine, cancellation).WaitAsync(cancellation);
        return answer?.Trim() is "y" or "Y" or "yes";
    }

    private static void Report(
        Host host, FileChanges wish, List<(SecretFile File, byte[] Bytes, string What)> changes)
    {
        if (wish.IsJson)
        {
            host.Screen.WriteJson(json =>
            {
                json.WriteStartArray("files");
                foreach (var shown in wish.Files)
                {
                    json.WriteStartObject();
                    json.WriteString("path", shown);
                    json.WriteBoolean("changed", changes.Exists(change => change.File.Shown == shown));
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        foreach (var (file, _, what) in changes)
            host.Screen.Print($"{file.Shown}: {what}\n");
    }
}

/// <summary>What a verb over several files was told.</summary>
internal sealed record FileChanges(IReadOnlyList<string> Files, string? Type, bool Yes, bool IsJson);
