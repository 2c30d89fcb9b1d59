using System.Text;
using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Git;
using Orrery.Simulation.GitHub;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation.GitHub;

/// <summary>Talks to a simulated GitHub without a network; holds what it says to the contract.</summary>
internal sealed class GitHubDriver
{
    public const string Token = "ghp_owner";
    public const string ReaderToken = "ghp_reader";
    public const string PushToken = "ghp_push";
    public const string Url = "https://github.com/octocat/platform";
    public const string SshUrl = "git@github.com:octocat/platform.git";

    public GitHubDriver(int requestsPerHour = 5000)
    {
        World = new GitHubWorld(
            new GitHubWorldOptions
            {
                RequestsPerHour = requestsPerHour,
                Users =
                [
                    new GitHubUser("octocat")
                    {
                        Tokens = [new GitHubToken(Token), new GitHubToken(PushToken, GitHubPermission.Write)],
                        SshKeys = [Key(100)],
                    },
                    new GitHubUser("reader") { Tokens = [new GitHubToken(ReaderToken)] },
                    new GitHubUser("stranger") { Tokens = [new GitHubToken("ghp_stranger")] },
                ],
                Repositories =
                [
                    new GitHubRepository("octocat", "platform")
                    {
                        Collaborators = ValueMap.Of(("reader", GitHubPermission.Read)),
                    },
                    new GitHubRepository("octocat", "guarded") { ProtectedBranches = ["main"] },
                    new GitHubRepository("octocat", "open") { IsPrivate = false },
                ],
            },
            Remotes);
    }

    public GitRemotes Remotes { get; } = new();

    public GitHubWorld World { get; }

    public TimeSpan Now { get; set; }

    public WorldFault? Fault { get; set; }

    public OpenApiContract? Contract { get; } = ContractFolder.Path is null
        ? null
        : new OpenApiContract(ContractFolder.Of("github", "api.github.com.trimmed.json"), "");

    public BareRepository Platform => Remotes.Find(Url)!;

    /// <summary>A public key; the same for the same number.</summary>
    public static string Key(byte number)
    {
        byte[] blob = [0, 0, 0, 11, .. "ssh-ed25519"u8, 0, 0, 0, 32, .. Enumerable.Repeat(number, 32)];
        return $"ssh-ed25519 {Convert.ToBase64String(blob)}";
    }

    public GitHubReply Get(string path, string? token = Token) => Send("GET", path, null, token);

    public GitHubReply Post(string path, string json, string? token = Token) => Send("POST", path, json, token);

    public GitHubReply Delete(string path, string? token = Token) => Send("DELETE", path, null, token);

    public GitHubReply AddKey(byte number, string title = "orrery", bool readOnly = true) => Post(
        "/repos/octocat/platform/keys",
        $$"""{"title":"{{title}}","key":"{{Key(number)}} a comment","read_only":{{(readOnly ? "true" : "false")}}}""");

    public void Commit(string branch, string path, string content) => Platform.Commit(
        branch, ValueMap.Of((path, content)), [],
        new GitNote($"Change {path}", "They <they@example.org>", new GitHubWorldOptions().Epoch + Now));

    private GitHubReply Send(string method, string path, string? json, string? token)
    {
        var parts = path.Split('?', 2);
        var headers = new Dictionary<string, string> { ["user-agent"] = "test" };
        if (token is not null)
            headers["authorization"] = $"Bearer {token}";
        var request = new WorldRequest
        {
            Method = method,
            Path = parts[0],
            Query = parts.ElementAtOrDefault(1) ?? "",
            Headers = ValueMap.From(headers),
            Body = json is null ? default : Encoding.UTF8.GetBytes(json),
            Fault = Fault,
        };
        Fault = null;
        var reply = World.Handle(request, Now);
        // The contract lists few refusals.
        if (reply.Status is < 300 or 422)
        {
            Contract?.Check(
                new WireRequest(method, parts[0], request.Query, json is null ? null : "application/json", request.Body)
                {
                    WrongOnPurpose = reply.Status == 422,
                },
                new WireReply(reply.Status, reply.Headers.GetValueOrDefault("content-type"), reply.Body));
        }

        return new GitHubReply(reply);
    }
}

internal sealed record GitHubReply(WorldReply Reply)
{
    public int Status => Reply.Status;

    public string Text => Encoding.UTF8.GetString(Reply.Body.Span);

    public JsonElement Json
    {
        get
        {
            using var document = JsonDocument.Parse(Reply.Body);
            return document.RootElement.Clone();
        }
    }

    public string Message => Json.GetProperty("message").GetString()!;

    /// <summary>Of the first error, what it says or its code.</summary>
    public string Error
    {
        get
        {
            var error = Json.GetProperty("errors")[0];
            return error.TryGetProperty("message", out var said)
                ? said.GetString()!
                : $"{error.GetProperty("field").GetString()} {error.GetProperty("code").GetString()}";
        }
    }
}
