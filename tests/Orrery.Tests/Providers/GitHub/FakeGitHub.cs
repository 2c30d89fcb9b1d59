using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.GitHub;

/// <summary>
/// One repository at GitHub with its keys and pull requests. Answers with the examples of GitHub's contract, changed to
/// what was asked.
/// </summary>
internal sealed class FakeGitHub : HttpMessageHandler
{
    private static readonly JsonNode Examples =
        JsonNode.Parse(File.ReadAllBytes(ContractFile))!["components"]!["examples"]!;

    private long _last = 100;

    public static string ContractFile => ContractFolder.Of("github", "api.github.com.trimmed.json");

    public List<JsonObject> Keys { get; } = [];

    public List<JsonObject> Pulls { get; } = [];

    /// <summary>Keys in use elsewhere at GitHub.</summary>
    public HashSet<string> KeysElsewhere { get; } = [];

    /// <summary>Given instead of the next reply; its request has no effect.</summary>
    public Queue<Func<HttpResponseMessage>> Next { get; } = [];

    public List<string> Tokens { get; } = [];

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Tokens.Add($"{request.Headers.Authorization}");
        request.Headers.UserAgent.ShouldNotBeEmpty("GitHub answers 403 without");
        if (Next.TryDequeue(out var reply))
            return reply();
        var path = request.RequestUri!.AbsolutePath;
        var body = request.Content is null
            ? null
            : await request.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        return (request.Method.Method, path.Split('/')) switch
        {
            ("GET", [.., "keys"]) => Page(Keys, request.RequestUri),
            ("POST", [.., "keys"]) => AddKey(body!),
            ("GET", [.., "keys", var id]) => Find(id) is { } key ? Reply(200, key) : Missing(),
            ("DELETE", [.., "keys", var id]) => Delete(id),
            ("GET", [.., "pulls"]) => Page(Pulls, request.RequestUri),
            ("POST", [.., "pulls"]) => AddPull(body!),
            _ => Missing(),
        };
    }

    public static HttpResponseMessage Refusal(int status, string message, params string[] errors) =>
        Reply(status, new JsonObject
        {
            ["message"] = message,
            ["documentation_url"] = "https://docs.github.com/rest",
            ["errors"] = new JsonArray([.. errors.Select(error => new JsonObject
            {
                ["resource"] = "PublicKey",
                ["code"] = "custom",
                ["field"] = "key",
                ["message"] = error,
            })]),
        });

    private HttpResponseMessage AddKey(JsonObject body)
    {
        var key = (string)body["key"]!;
        if (KeysElsewhere.Contains(key) || Keys.Any(known => (string)known["key"]! == key))
            return Refusal(422, "Validation Failed", "key is already in use");
        var made = Example("deploy-key");
        made["id"] = ++_last;
        foreach (var field in new[] { "key", "title", "read_only" })
            made[field] = body[field]!.DeepClone();
        Keys.Add(made);
        return Reply(201, made);
    }

    private HttpResponseMessage AddPull(JsonObject body)
    {
        if (Pulls.Count > 0)
            return Refusal(422, "Validation Failed", "A pull request already exists for octocat:orrery/prod.");
        var listed = Example("pull-request-simple-items", 0);
        listed["title"] = body["title"]!.DeepClone();
        Pulls.Add(listed);
        return Reply(201, Example("pull-request"));
    }

    private HttpResponseMessage Delete(string id)
    {
        if (Find(id) is not { } key)
            return Missing();
        Keys.Remove(key);
        return new HttpResponseMessage(HttpStatusCode.NoContent) { Content = new ByteArrayContent([]) };
    }

    private JsonObject? Find(string id) => Keys.FirstOrDefault(key => $"{key["id"]}" == id);

    private static HttpResponseMessage Page(List<JsonObject> items, Uri uri)
    {
        var query = uri.Query.TrimStart('?').Split('&').Select(part => part.Split('='))
            .ToDictionary(part => part[0], part => part[1]);
        var size = int.Parse(query["per_page"], System.Globalization.CultureInfo.InvariantCulture);
        var page = int.Parse(query["page"], System.Globalization.CultureInfo.InvariantCulture);
        return Reply(200, new JsonArray(
            [.. items.Skip((page - 1) * size).Take(size).Select(item => item.DeepClone())]));
    }

    private static HttpResponseMessage Missing() => Reply(404, new JsonObject
    {
        ["message"] = "Not Found",
        ["documentation_url"] = "https://docs.github.com/rest",
    });

    private static JsonObject Example(string name, int? index = null)
    {
        var value = Examples[name]!["value"]!;
        return (JsonObject)(index is { } at ? value[at]! : value).DeepClone();
    }

    private static HttpResponseMessage Reply(int status, JsonNode body) => new((HttpStatusCode)status)
    {
        Content = JsonContent.Create(body, options: JsonSerializerOptions.Default),
    };
}
