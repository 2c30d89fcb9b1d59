using System.Text.Json;
using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Terminal;

/// <summary>Diagnostics for other programs.</summary>
internal static class DiagnosticJson
{
    /// <summary>Writes <c>"diagnostics": [...]</c>.</summary>
    public static void Write(Utf8JsonWriter json, IEnumerable<Diagnostic> diagnostics)
    {
        json.WriteStartArray("diagnostics");
        foreach (var diagnostic in diagnostics)
            Write(json, diagnostic);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, Diagnostic diagnostic)
    {
        json.WriteStartObject();
        json.WriteString("code", diagnostic.Code);
        json.WriteString("severity", diagnostic.Severity == Severity.Error ? "error" : "warning");
        json.WriteString("summary", diagnostic.Summary);
        json.WriteString("detail", diagnostic.Detail);
        json.WriteStartArray("hints");
        foreach (var hint in diagnostic.Hints)
            json.WriteStringValue(hint);
        json.WriteEndArray();
        if (diagnostic.Source is { } source)
        {
            json.WriteString("file", source.File);
            json.WriteNumber("line", source.Line);
            json.WriteNumber("column", source.Column);
        }

        if (diagnostic.Address is { } address)
            json.WriteString("address", address.Text);
        json.WriteEndObject();
    }
}
