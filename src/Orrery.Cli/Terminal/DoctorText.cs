using System.Text;
using System.Text.Json;
using Orrery.Cli.Secrets;

namespace Orrery.Cli.Terminal;

/// <summary>Who can open what, for people and for programs.</summary>
internal static class DoctorText
{
    private const int KeyLength = 14;

    public static string Of(string platform, SecretsReport report, Paint paint)
    {
        var text = new StringBuilder($"{paint.Bold($"{platform}: who can open what")}\n");
        var width = report.Readers.Select(reader => reader.Name.Length).DefaultIfEmpty().Max();
        foreach (var reader in report.Readers)
        {
            var key = reader.Recipient.Length > KeyLength ? $"{reader.Recipient[..KeyLength]}..." : reader.Recipient;
            var alone = reader.OpensAlone.Count > 0 ? $", {reader.OpensAlone.Count} of them alone" : "";
            var hand = reader.IsAtHand ? ", its identity is at hand" : "";
            text.Append($"  {reader.Name.PadRight(width)}  {key}  ");
            text.Append($"opens {Words.Count(reader.Opens.Count, "file")}{alone}{hand}\n");
        }

        text.Append($"\n{paint.Bold("files")}\n");
        var path = report.Files.Select(file => file.Path.Length).DefaultIfEmpty().Max();
        foreach (var file in report.Files)
        {
            text.Append($"  {Coloured(file.State, paint)}  {file.Path.PadRight(path)}  ");
            text.Append($"{paint.Faint($"if lost: {file.WhenLost}")}\n");
        }

        if (report.Files.Count == 0)
            text.Append("  none yet\n");
        return text.ToString();
    }

    public static void WriteJson(Utf8JsonWriter json, string platform, SecretsReport report)
    {
        json.WriteString("platform", platform);
        json.WriteStartArray("readers");
        foreach (var reader in report.Readers)
        {
            json.WriteStartObject();
            json.WriteString("name", reader.Name);
            json.WriteString("recipient", reader.Recipient);
            json.WriteBoolean("identityAtHand", reader.IsAtHand);
            WriteTexts(json, "opens", reader.Opens);
            WriteTexts(json, "opensAlone", reader.OpensAlone);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("files");
        foreach (var file in report.Files)
        {
            json.WriteStartObject();
            json.WriteString("path", file.Path);
            json.WriteString("state", file.State);
            WriteTexts(json, "readers", file.Readers);
            json.WriteString("whenLost", file.WhenLost);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        WriteTexts(json, "problems", [.. report.Problems.Select(problem => problem.Code)]);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static string Coloured(string state, Paint paint)
    {
        var word = state.PadRight("damaged".Length);
        return state switch
        {
            "opens" => paint.Green(word),
            "closed" or "not yet" => paint.Faint(word),
            _ => paint.Red(word),
        };
    }
}
