using System.Globalization;
using System.Text.Json;

namespace Orrery.Tests.Contracts;

/// <summary>
/// A vendor's OpenAPI document, with which requests and replies are compared. Each document is read once.
/// </summary>
internal sealed class OpenApiContract
{
    private static readonly Dictionary<string, JsonDocument> Loaded = [];
    private static readonly Lock Loading = new();

    private readonly JsonElement _document;
    private readonly SchemaChecker _schemas;
    private readonly string _prefix;

    /// <param name="prefix">What stands before the contract's paths on the wire: <c>/v1</c>.</param>
    public OpenApiContract(string file, string prefix)
    {
        lock (Loading)
        {
            if (!Loaded.TryGetValue(file, out var document))
                Loaded[file] = document = JsonDocument.Parse(File.ReadAllBytes(file));
            _document = document.RootElement;
        }

        _prefix = prefix;
        Report = new ContractReport();
        _schemas = new SchemaChecker(_document, Report);
    }

    public ContractReport Report { get; }

    /// <summary>Which of its paths are meant, where several fit one request.</summary>
    public Func<string, bool> Meant { get; init; } = static _ => true;

    /// <summary>All operations of the contract that a path prefix begins: <c>POST /servers</c>.</summary>
    public IEnumerable<string> Operations =>
        from path in _document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Value.ValueKind == JsonValueKind.Object
        select $"{operation.Name.ToUpperInvariant()} {path.Name}";

    public static OpenApiContract Hetzner() =>
        new(ContractFolder.Of("hetzner", "hcloud.deduplicated.json"), "/v1");

    /// <summary>Compares one exchange; what differs goes to the report.</summary>
    public void Check(WireRequest request, WireReply reply)
    {
        Report.Exchanges++;
        var at = $"{request.Method} {request.Path}";
        if (Find(request) is not { } found)
        {
            Report.Violations.Add($"{at}: is not in the contract");
            return;
        }

        if (!request.WrongOnPurpose)
        {
            Parameters(found, request, at);
            RequestBody(found.Operation, request, at);
        }

        Reply(found.Operation, reply, $"{at} -> {reply.Status}");
    }

    public Found? Find(WireRequest request)
    {
        var path = request.Path.StartsWith(_prefix + "/", StringComparison.Ordinal)
            ? request.Path[_prefix.Length..]
            : request.Path;
        var segments = path.Split('/');
        var method = request.Method.ToLowerInvariant();
        var fitting =
            from template in _document.GetProperty("paths").EnumerateObject()
            where Meant(template.Name)
            let names = template.Name.Split('/')
            where names.Length == segments.Length && names.Zip(segments).All(pair => Fits(pair.First, pair.Second))
            where template.Value.TryGetProperty(method, out _)
            // A path with fewer placeholders is meant first: /servers/actions is not /servers/{id}.
            orderby names.Count(name => name.StartsWith('{'))
            select new Found(template.Value.GetProperty(method), names, segments);
        return fitting.FirstOrDefault();
    }

    private void Parameters(Found found, WireRequest request, string at)
    {
        var declared = found.Operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Select(Referred).ToList()
            : [];
        var given = request.Query.Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2))
            .Select(part => (Name: Decode(part[0]), Value: part.Length > 1 ? Decode(part[1]) : ""))
            .ToList();
        foreach (var (name, _) in given.Where(one => !declared.Exists(parameter => Is(parameter, "query", one.Name))))
            Report.Violations.Add($"{at}: the query parameter '{name}' is not in the contract");
        foreach (var parameter in declared)
        {
            var name = parameter.GetProperty("name").GetString()!;
            var schema = parameter.GetProperty("schema");
            var values = Is(parameter, "query", name)
                ? [.. given.Where(one => one.Name == name).Select(one => one.Value)]
                : InPath(found, name);
            if (values.Count > 0)
                _schemas.Check(schema, AsJson(schema, values), $"{at} {name}");
            else if (parameter.TryGetProperty("required", out var required) && required.GetBoolean())
                Report.Violations.Add($"{at}: lacks the parameter '{name}'");
        }
    }

    private static List<string> InPath(Found found, string name) =>
        [.. found.Names.Zip(found.Segments).Where(pair => pair.First == $"{{{name}}}").Select(pair => pair.Second)];

    private void RequestBody(JsonElement operation, WireRequest request, string at)
    {
        if (!operation.TryGetProperty("requestBody", out var declared))
        {
            // Clients of the vendor send an empty object here or there; anything more is an invention.
            if (request.Body.Length > 0 && Parse(request.Body, at) is { } body && body.EnumerateObject().Any())
                Report.Violations.Add($"{at}: has a body, which is not in the contract");
            return;
        }

        if (request.Body.Length > 0)
            Content(declared, request.ContentType, request.Body, at);
        else if (declared.TryGetProperty("required", out var required) && required.GetBoolean())
            Report.Violations.Add($"{at}: lacks its body");
    }

    private void Reply(JsonElement operation, WireReply reply, string at)
    {
        var responses = operation.GetProperty("responses");
        var status = reply.Status.ToString(CultureInfo.InvariantCulture);
        if (!responses.TryGetProperty(status, out var response)
            && !responses.TryGetProperty($"{status[0]}xx", out response)
            && !responses.TryGetProperty($"{status[0]}XX", out response)
            && !responses.TryGetProperty("default", out response))
        {
            Report.Violations.Add($"{at}: the status is not in the contract");
            return;
        }

        response = Referred(response);
        if (response.TryGetProperty("content", out _))
            Content(response, reply.ContentType, reply.Body, at);
        else if (reply.Body.Length > 0)
            Report.Violations.Add($"{at}: has a body, which is not in the contract");
    }

    private void Content(JsonElement declared, string? contentType, ReadOnlyMemory<byte> body, string at)
    {
        var mediaType = contentType?.Split(';')[0].Trim() ?? "";
        if (!declared.GetProperty("content").TryGetProperty(mediaType, out var content))
            Report.Violations.Add($"{at}: the content type '{contentType}' is not in the contract");
        else if (!content.TryGetProperty("schema", out var schema))
            Report.Unchecked.Add($"{at}: the contract has no schema for {mediaType}");
        else if (Parse(body, at) is { } value)
            _schemas.Check(schema, value, at);
    }

    // GitHub's contract writes parameters and replies once and refers to them.
    private JsonElement Referred(JsonElement element)
    {
        if (!element.TryGetProperty("$ref", out var reference))
            return element;
        var found = _document;
        foreach (var step in reference.GetString()!.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries))
            found = found.GetProperty(step);
        return found;
    }

    private JsonElement? Parse(ReadOnlyMemory<byte> body, string at)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            Report.Violations.Add($"{at}: the body is not JSON");
            return null;
        }
    }

    // Parameters are text on the wire; the schema says what they stand for.
    private static JsonElement AsJson(JsonElement schema, List<string> values)
    {
        var type = schema.TryGetProperty("type", out var given) ? given.GetString() : "string";
        var itemType = type == "array" ? schema.GetProperty("items").GetProperty("type").GetString() : type;
        var json = type == "array"
            ? $"[{string.Join(',', values.Select(value => Scalar(itemType, value)))}]"
            : Scalar(type, values[^1]);
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    private static string Scalar(string? type, string value) =>
        type switch
        {
            "integer" when long.TryParse(value, CultureInfo.InvariantCulture, out _) => value,
            "number" when decimal.TryParse(value, CultureInfo.InvariantCulture, out _) => value,
            "boolean" when value is "true" or "false" => value,
            _ => $"\"{JsonEncodedText.Encode(value)}\"",
        };

    private static bool Fits(string name, string segment) =>
        name == segment || (name.StartsWith('{') && segment.Length > 0);

    private static bool Is(JsonElement parameter, string place, string name) =>
        parameter.GetProperty("in").GetString() == place && parameter.GetProperty("name").GetString() == name;

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    internal sealed record Found(JsonElement Operation, string[] Names, string[] Segments);
}

/// <summary>A request as it is on the wire.</summary>
internal sealed record WireRequest(
    string Method, string Path, string Query, string? ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>A test of a refusal: only the reply is compared.</summary>
    public bool WrongOnPurpose { get; init; }
}

/// <summary>A reply as it is on the wire.</summary>
internal sealed record WireReply(int Status, string? ContentType, ReadOnlyMemory<byte> Body);
