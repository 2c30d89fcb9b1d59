using System.Text;
using System.Text.Json;

namespace Orrery.Tests.Contracts;

/// <summary>
/// The API description of Proxmox VE, which is a tree of paths in a schema language of its own: requests and replies
/// are compared with it. What its replies say otherwise than the servers do is in <see cref="WrongReplies"/>.
/// </summary>
internal sealed class PveContract
{
    private const string Prefix = "/api2/json";

    private static readonly Lazy<JsonDocument> Document = new(() =>
        JsonDocument.Parse(File.ReadAllBytes(ContractFolder.Of("proxmox", "pve-apidata-9.1.3.json"))));

    /// <summary>
    /// Where the servers' Perl returns something else than the description says: a number as a text.
    /// </summary>
    public static IReadOnlyList<string> WrongReplies { get; } = ["GET /cluster/nextid: integer is text"];

    private readonly List<(string[] Path, JsonElement Methods)> _operations = [];
    private readonly PveSchema _schema;

    public PveContract()
    {
        _schema = new PveSchema(Report);
        Walk(Document.Value.RootElement);
    }

    public ContractReport Report { get; } = new();

    public IEnumerable<string> Operations =>
        from operation in _operations
        from method in operation.Methods.EnumerateObject()
        select $"{method.Name} /{string.Join('/', operation.Path)}";

    public void Check(WireRequest request, WireReply reply)
    {
        Report.Exchanges++;
        var at = $"{request.Method} {request.Path}";
        var segments = request.Path[Prefix.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries)
            .Select(Uri.UnescapeDataString).ToArray();
        // A fixed word is meant before a variable place.
        var found = _operations.Where(operation => Fits(operation.Path, segments)
            && operation.Methods.TryGetProperty(request.Method, out _))
            .OrderBy(operation => operation.Path.Count(part => part[0] == '{')).FirstOrDefault();
        if (found.Path is null)
        {
            Report.Violations.Add($"{at}: is not in the contract");
            return;
        }

        var info = found.Methods.GetProperty(request.Method);
        if (!request.WrongOnPurpose)
            Request(request, info, found.Path, segments, at);
        // An upgraded connection says nothing that a schema could describe.
        if (reply.Status == 101)
            return;
        if (reply.Status is >= 200 and < 300)
            Success(info, reply, at, $"{request.Method} /{string.Join('/', found.Path)}");
        else
            Refusal(reply, at);
    }

    private void Request(WireRequest request, JsonElement info, string[] path, string[] segments, string at)
    {
        var given = new Dictionary<string, string>();
        foreach (var (name, value) in path.Zip(segments).Where(pair => pair.First[0] == '{'))
            given[name.Trim('{', '}')] = value;
        foreach (var (name, value) in Fields(request))
        {
            if (!given.TryAdd(name, value))
                Report.Violations.Add($"{at}: {name} is given twice");
        }

        var properties = info.GetProperty("parameters").TryGetProperty("properties", out var named)
            ? named
            : default;
        foreach (var (name, value) in given)
        {
            if (PveSchema.Find(properties, name) is { } schema)
                _schema.Parameter(schema, value, $"{at} {name}", given);
            else
                Report.Violations.Add($"{at}: {name} is not a parameter");
        }

        if (properties.ValueKind != JsonValueKind.Object)
            return;
        foreach (var property in properties.EnumerateObject().Where(property =>
            !PveSchema.IsOptional(property.Value) && !given.ContainsKey(property.Name)))
        {
            Report.Violations.Add($"{at}: lacks {property.Name}");
        }
    }

    private void Success(JsonElement info, WireReply reply, string at, string operation)
    {
        var data = Envelope(reply, at);
        if (data is { } value && WrongReplies.Contains($"{operation}: integer is text"))
        {
            Report.Checked++;
            if (value.ValueKind != JsonValueKind.String || !long.TryParse(value.GetString(), out _))
                Report.Violations.Add($"{at}: {value} is not a number as a text");
            return;
        }

        if (data is { } shown && info.TryGetProperty("returns", out var schema))
            _schema.Reply(schema, shown, at);
    }

    private void Refusal(WireReply reply, string at)
    {
        Report.Checked++;
        using var body = JsonDocument.Parse(reply.Body);
        var root = body.RootElement;
        if (root.GetProperty("data").ValueKind != JsonValueKind.Null
            || root.GetProperty("message").ValueKind != JsonValueKind.String
            || root.EnumerateObject().Any(field => field.Name is not ("data" or "message" or "errors")))
        {
            Report.Violations.Add($"{at} -> {reply.Status}: is no refusal of Proxmox VE's");
        }
    }

    private JsonElement? Envelope(WireReply reply, string at)
    {
        using var body = JsonDocument.Parse(reply.Body);
        if (body.RootElement.TryGetProperty("data", out var data)
            && body.RootElement.EnumerateObject().Count() == 1)
        {
            return data.Clone();
        }

        Report.Violations.Add($"{at}: has no envelope");
        return null;
    }

    private static IEnumerable<KeyValuePair<string, string>> Fields(WireRequest request)
    {
        var fields = Decode(request.Query);
        if (request.Body.IsEmpty)
            return fields;
        return request.ContentType?.StartsWith("multipart/form-data", StringComparison.Ordinal) == true
            ? fields.Concat(Multipart(Encoding.Latin1.GetString(request.Body.Span)))
            : fields.Concat(Decode(Encoding.UTF8.GetString(request.Body.Span)));
    }

    private static IEnumerable<KeyValuePair<string, string>> Decode(string text) =>
        text.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2))
            .Select(pair => KeyValuePair.Create(Plain(pair[0]), Plain(pair.ElementAtOrDefault(1) ?? "")));

    private static string Plain(string encoded) => Uri.UnescapeDataString(encoded.Replace('+', ' '));

    private static IEnumerable<KeyValuePair<string, string>> Multipart(string text)
    {
        var boundary = text[..text.IndexOf("\r\n", StringComparison.Ordinal)];
        foreach (var part in text.Split(boundary, StringSplitOptions.RemoveEmptyEntries))
        {
            var halves = part.Split("\r\n\r\n", 2);
            var name = halves[0].Split("name=\"").ElementAtOrDefault(1)?.Split('"')[0];
            if (name is null)
                continue;
            var file = halves[0].Split("filename=\"").ElementAtOrDefault(1)?.Split('"')[0];
            yield return KeyValuePair.Create(name, file ?? halves[1].TrimEnd('\r', '\n'));
        }
    }

    private static bool Fits(string[] path, string[] segments) => path.Length == segments.Length
        && path.Zip(segments).All(pair => pair.First[0] == '{' || pair.First == pair.Second);

    private void Walk(JsonElement nodes)
    {
        foreach (var node in nodes.EnumerateArray())
        {
            var path = node.GetProperty("path").GetString()!.Split('/', StringSplitOptions.RemoveEmptyEntries);
            if (node.TryGetProperty("info", out var info))
                _operations.Add((path, info));
            if (node.TryGetProperty("children", out var children))
                Walk(children);
        }
    }
}
