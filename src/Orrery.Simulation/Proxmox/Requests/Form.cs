using System.Globalization;
using System.Text;
using System.Text.Json;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox.Requests;

/// <summary>A request's parameters: of the query, and of a form, a form with a file, or JSON.</summary>
internal sealed class Form
{
    private readonly SortedDictionary<string, string> _fields = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>The file of an upload; null where there is none.</summary>
    public (string Name, ReadOnlyMemory<byte> Bytes)? File { get; private set; }

    public static Form Read(WorldRequest request)
    {
        var form = new Form();
        form.Decode(request.Query);
        var type = request.Headers.TryGetValue("content-type", out var given) ? given : "";
        if (request.Body.IsEmpty)
            return form;
        if (type.StartsWith("multipart/form-data", StringComparison.Ordinal))
            form.Multipart(type, request.Body);
        else if (type.StartsWith("application/json", StringComparison.Ordinal))
            form.Json(request.Body);
        else
            form.Decode(Encoding.UTF8.GetString(request.Body.Span));
        return form;
    }

    public string? Find(string name) => _fields.GetValueOrDefault(name);

    public string Get(string name) => Find(name)
        ?? throw Refusal.Parameter(name, "property is missing and it is not optional");

    public long? FindNumber(string name) => Find(name) switch
    {
        null => null,
        var text when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            => number,
        _ => throw Refusal.Parameter(name, "type check ('integer') failed - got '" + Find(name) + "'"),
    };

    public long GetNumber(string name) => FindNumber(name)
        ?? throw Refusal.Parameter(name, "property is missing and it is not optional");

    public bool Is(string name, bool otherwise = false) => Find(name) switch
    {
        null => otherwise,
        "1" or "true" or "on" or "yes" => true,
        "0" or "false" or "off" or "no" => false,
        var text => throw Refusal.Parameter(name, $"type check ('boolean') failed - got '{text}'"),
    };

    private void Decode(string text)
    {
        foreach (var pair in text.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            _fields[Plain(parts[0])] = Plain(parts.ElementAtOrDefault(1) ?? "");
        }
    }

    private static string Plain(string encoded) =>
        Uri.UnescapeDataString(encoded.Replace('+', ' '));

    private void Json(ReadOnlyMemory<byte> body)
    {
        using var document = JsonDocument.Parse(body);
        foreach (var field in document.RootElement.EnumerateObject())
        {
            _fields[field.Name] = field.Value.ValueKind switch
            {
                JsonValueKind.True => "1",
                JsonValueKind.False => "0",
                JsonValueKind.String => field.Value.GetString() ?? "",
                _ => field.Value.GetRawText(),
            };
        }
    }

    private void Multipart(string type, ReadOnlyMemory<byte> body)
    {
        var at = type.IndexOf("boundary=", StringComparison.Ordinal);
        if (at < 0)
            throw Refusal.Died("upload without a boundary");
        var boundary = $"--{type[(at + "boundary=".Length)..].Split(';')[0].Trim('"')}";
        // Latin-1 keeps each byte one character, so that places in the text are places in the body.
        var text = Encoding.Latin1.GetString(body.Span);
        for (var start = text.IndexOf(boundary, StringComparison.Ordinal); start >= 0;)
        {
            start += boundary.Length + 2;
            var end = start < text.Length ? text.IndexOf($"\r\n{boundary}", start, StringComparison.Ordinal) : -1;
            if (end < 0)
                return;
            Part(text, body, start, end);
            start = end + 2;
        }
    }

    private void Part(string text, ReadOnlyMemory<byte> body, int start, int end)
    {
        var blank = text.IndexOf("\r\n\r\n", start, StringComparison.Ordinal);
        if (blank < 0 || blank > end)
            return;
        var head = text[start..blank];
        var name = Quoted(head, " name=\"");
        var content = body[(blank + 4)..end];
        if (Quoted(head, "filename=\"") is { } file)
        {
            File = (file, content);
            _fields["filename"] = file;
        }
        else if (name is not null)
        {
            _fields[name] = Encoding.UTF8.GetString(content.Span);
        }
    }

    private static string? Quoted(string head, string before)
    {
        var at = head.IndexOf(before, StringComparison.Ordinal);
        return at < 0 ? null : head[(at + before.Length)..].Split('"')[0];
    }
}
