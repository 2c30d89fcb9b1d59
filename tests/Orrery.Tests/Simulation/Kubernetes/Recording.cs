using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation.Kubernetes;

/// <summary>One exchange with a real server, as it was recorded.</summary>
internal sealed partial record Recording(int Number, string Case, JsonNode Request, JsonNode Response)
{
    public string Method => (string)Request["method"]!;

    public string Path => (string)Request["path"]!;

    public int Status => (int)Response["status"]!;

    public bool IsWatch => Path.Contains("watch=true", StringComparison.Ordinal);

    public static IReadOnlyList<Recording> Of(string file) =>
    [
        .. File.ReadLines(ContractFolder.Of("kubernetes", "recordings", file)).Select((line, index) =>
        {
            var exchange = JsonNode.Parse(line)!;
            return new Recording(
                index + 1, (string)exchange["case"]!, exchange["request"]!, exchange["response"]!);
        }),
    ];

    public string Header(string name) => (string?)((JsonObject)Request["headers"]!)
        .FirstOrDefault(pair => pair.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value ?? "";

    /// <summary>The body that was sent, as text.</summary>
    public string Body => Request["body"] switch
    {
        JsonObject body when body.ContainsKey("json") => body["json"]!.ToJsonString(),
        JsonObject body when body.ContainsKey("text") => (string)body["text"]!,
        _ => "",
    };

    /// <summary>Not JSON but a binary form.</summary>
    public bool IsProtobuf => ((string?)Response["headers"]?["Content-Type"] ?? "")
        .Contains("vnd.kubernetes.protobuf", StringComparison.Ordinal);

    /// <summary>The latest moment that the reply tells of.</summary>
    public DateTimeOffset? LatestTime
    {
        get
        {
            DateTimeOffset?[] times = [.. Moments().Matches(Response["body"]?.ToJsonString() ?? "")
                .Select(match => DateTimeOffset.Parse(match.Value.Trim('"'), CultureInfo.InvariantCulture))
                .Where(time => time.Hour == 1).Cast<DateTimeOffset?>()];
            return times.Max();
        }
    }

    /// <summary>
    /// The documents of the reply: one, or one for each event of a watch; none where it was left out.
    /// </summary>
    public IReadOnlyList<JsonNode?> Documents => Response["body"] switch
    {
        JsonObject body when body.ContainsKey("json") => [body["json"]],
        JsonObject body when body.ContainsKey("text") => Parse((string)body["text"]!),
        _ => [],
    };

    public string? Omitted => Response["body"]?["omitted"] is null ? null : (string?)Response["body"]!["contentType"];

    public static IReadOnlyList<JsonNode?> Parse(string text) => text.StartsWith('{')
        ? [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line))]
        : text.Length == 0 ? [] : [JsonValue.Create(text)];

    [GeneratedRegex("\"2026-11-21T[0-9:]+Z\"")]
    private static partial Regex Moments();

    public static IReadOnlyList<JsonNode?> Parse(ReadOnlyMemory<byte> bytes) =>
        Parse(Encoding.UTF8.GetString(bytes.Span));
}
