using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Cli.Commands.Kubeconfigs;

/// <summary><c>orrery kubeconfig list</c>: where each context leads, and until when.</summary>
internal static class ListVerb
{
    /// <summary>Credentials that end within this are told of.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromDays(30);

    public static Command Create(Host host)
    {
        var (file, output) = (ContextShared.File(), Shared.Output());
        var command = new VerbCommand("list", "Lists the contexts of a kubeconfig and when their credentials end.")
        {
            Detail = "The current context has a star. Credentials that do not say when they end show a dash.",
            Examples =
            [
                "orrery kubeconfig list",
                "orrery kubeconfig list --file secrets/prod/kubeconfig.sops.yaml --output json",
            ],
            Options = { file, output },
        };
        command.SetAction((parse, _) => ContextShared.CatchAsync(host, () =>
        {
            var content = KubeconfigFiles.Open(host, parse.GetValue(file));
            Report(host, content, content.Read().Describe(), parse.IsJson(output));
        }));
        return command;
    }

    private static void Report(
        Host host, IKubeconfigFile file, IReadOnlyList<KubeconfigContext> contexts, bool isJson)
    {
        if (isJson)
        {
            host.Screen.WriteJson(json => Write(json, file, contexts));
            return;
        }

        if (contexts.Count == 0)
        {
            host.Screen.Print($"{file.Shown} has no contexts yet\n");
            return;
        }

        string[][] rows =
        [
            .. contexts.Select(context => new[]
            {
                $"{(context.IsCurrent ? "*" : " ")} {context.Name}", context.Server ?? "-",
                context.User ?? "-", DateOf(context.Ends),
            }),
        ];
        var widths = Enumerable.Range(0, 3).Select(column => rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column < widths.Length ? cell.PadRight(widths[column]) : cell);
            host.Screen.Print(string.Join("  ", cells) + "\n");
        }

        TellOfEnds(host, contexts);
    }

    private static void TellOfEnds(Host host, IReadOnlyList<KubeconfigContext> contexts)
    {
        var (now, paint) = (host.Time.GetUtcNow(), new Paint(host.Screen.ColourError));
        foreach (var ends in contexts.Select(context => context.Ends).OfType<KubeconfigExpiry>().Distinct())
        {
            if (ends.Expires > now + Soon)
                continue;
            var words = ends.Expires <= now
                ? ends.ToString().Replace(" ends on ", " ended on ", StringComparison.Ordinal)
                : ends.ToString();
            host.Screen.Tell(
                $"{paint.Cyan("hint:")} {words}; a new one of a cluster of ours: orrery kubeconfig DIR --merge\n");
        }
    }

    private static void Write(Utf8JsonWriter json, IKubeconfigFile file, IReadOnlyList<KubeconfigContext> contexts)
    {
        json.WriteString("file", file.Shown);
        json.WriteStartArray("contexts");
        foreach (var context in contexts)
        {
            json.WriteStartObject();
            json.WriteString("name", context.Name);
            json.WriteBoolean("current", context.IsCurrent);
            json.WriteString("server", context.Server);
            json.WriteString("user", context.User);
            json.WriteString("ends", context.Ends?.Expires.UtcDateTime.ToString("O", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string DateOf(KubeconfigExpiry? ends) => ends is null
        ? "-"
        : ends.Expires.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
