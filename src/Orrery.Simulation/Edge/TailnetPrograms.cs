using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Programs;

namespace Orrery.Simulation.Edge;

/// <summary>
/// <c>headscale</c>, as of 0.26, and <c>tailscale</c> on one machine: https://headscale.net/stable/ref/registration/,
/// https://tailscale.com/kb/1080/cli. Of the output formats only JSON is simulated.
/// </summary>
internal sealed class TailnetPrograms(Tailnet tailnet, string host)
{
    /// <summary>Assumed: a call of a local socket.</summary>
    private static readonly TimeSpan Asking = TimeSpan.FromMilliseconds(40);

    /// <summary>Assumed: from a login to the first packet.</summary>
    private static readonly TimeSpan Joining = TimeSpan.FromSeconds(2);

    public async Work<int> Headscale(Invocation call)
    {
        await call.Scope.Sleep(Asking);
        if (Options.Read(
            call, "u:e:i:o:r:", "routes:", "user:", "expiration:", "identifier:", "output:", "force", "reusable")
            is not { } options)
        {
            return 1;
        }

        return (string.Join(' ', options.Operands.Take(2)), options.Operands.Skip(2).ToArray()) switch
        {
            ("users list", []) => Print(call, List(tailnet.Users.Index().Select(user => new JsonObject
            {
                ["id"] = user.Index + 1,
                ["name"] = user.Item,
            }))),
            ("users create", [var name]) => tailnet.AddUser(name)
                ? Print(call, new JsonObject { ["id"] = tailnet.Users.Count, ["name"] = name })
                : Refuse(call, $"Cannot create user: rpc error: code = Internal desc = user {name} exists"),
            ("preauthkeys create", []) => MakeKey(call, options),
            ("nodes list", []) => Print(call, List(tailnet.Members.Select(member => new JsonObject
            {
                ["id"] = member.Id,
                ["name"] = member.Name,
                ["given_name"] = GivenName(member),
                ["user"] = new JsonObject { ["name"] = member.User },
                ["online"] = member.IsOnline,
                ["approved_routes"] = Texts(member.Approved),
                ["available_routes"] = Texts(member.Offered),
                ["subnet_routes"] = Texts(member.Approved.Where(member.Offered.Contains)),
            }))),
            ("nodes approve-routes", []) => Approve(call, options),
            ("nodes delete", []) => options.Has("force") && tailnet.Remove(Number(options.Value("i", "identifier")))
                ? Print(call, new JsonObject { ["Result"] = "Node deleted" })
                : Refuse(call, "Error getting node node: node not found"),
            _ => Refuse(call, $"unknown command \"{string.Join(' ', call.Arguments)}\" for \"headscale\""),
        };
    }

    public async Work<int> Tailscale(Invocation call)
    {
        await call.Scope.Sleep(Asking);
        if (Options.Read(
            call, "", "json", "peers:", "login-server:", "auth-key:", "hostname:", "accept-routes", "timeout:")
            is not { } options)
            return 1;
        switch (options.Operands)
        {
            case ["status"]:
                var member = tailnet.Members.FirstOrDefault(each => each.Host == host);
                return Print(call, new JsonObject
                {
                    ["BackendState"] = member is null ? "NeedsLogin" : "Running",
                    ["Self"] = new JsonObject { ["HostName"] = member?.Name ?? host },
                });
            case ["up"]:
                return await Up(call, options);
            case ["logout"]:
                return 0;
            default:
                return call.Fail($"unknown subcommand: {string.Join(' ', options.Operands)}");
        }
    }

    private async Work<int> Up(Invocation call, Options options)
    {
        var given = options.Value("auth-key") ?? "";
        var key = given.StartsWith("file:", StringComparison.Ordinal)
            ? call.Files.TryReadText(given["file:".Length..])?.Trim()
            : given;
        await call.Scope.Sleep(Joining);
        var name = options.Value("hostname") ?? host;
        if (tailnet.Join(host, name, key ?? "", options.Value("login-server")) is not { } refusal)
        {
            tailnet.Find(host)!.AcceptsRoutes = options.Has("accept-routes");
            return 0;
        }

        call.Error.Line($"backend error: invalid key: {refusal}");
        return 1;
    }

    private int MakeKey(Invocation call, Options options)
    {
        var life = ShellPrograms.Duration(options.Value("e", "expiration") ?? "1h") ?? TimeSpan.FromHours(1);
        return tailnet.MakeKey(Number(options.Value("u", "user")), life) is { } key
            ? Print(call, new JsonObject { ["id"] = 1, ["key"] = key, ["reusable"] = options.Has("reusable") })
            : Refuse(call, "Cannot create Pre Auth Key: rpc error: code = Unknown desc = user not found");
    }

    /// <summary>What was approved before is approved no more: the list is all there is.</summary>
    private int Approve(Invocation call, Options options)
    {
        var id = Number(options.Value("i", "identifier"));
        if (tailnet.Members.FirstOrDefault(each => each.Id == id) is not { } member)
            return Refuse(call, "Error setting routes: rpc error: code = NotFound desc = node not found");
        var routes = (options.Value("r", "routes") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);
        if (routes.FirstOrDefault(route => !IPNetwork.TryParse(route, out _)) is { } wrong)
            return Refuse(call, $"Error setting routes: parsing route: netip.ParsePrefix(\"{wrong}\")");
        member.Approved = [.. routes];
        return Print(call, new JsonObject { ["id"] = member.Id, ["approved_routes"] = Texts(member.Approved) });
    }

    /// <summary>Unique among all machines: whoever came later under a name has an addition to it.</summary>
    private string GivenName(TailnetMember member) =>
        tailnet.Members.First(other => other.Name == member.Name) == member
            ? member.Name
            : string.Create(CultureInfo.InvariantCulture, $"{member.Name}-{member.Id:x8}");

    private static JsonArray? Texts(IEnumerable<string> texts) => List(texts.Select(text => (JsonNode)text));

    /// <summary>Go writes a list without items as nothing.</summary>
    private static JsonArray? List(IEnumerable<JsonNode> items) =>
        items.ToArray() is { Length: > 0 } some ? new JsonArray(some) : null;

    private static int Print(Invocation call, JsonNode? node)
    {
        call.Out.Line(node?.ToJsonString() ?? "null");
        return 0;
    }

    private static int Refuse(Invocation call, string why)
    {
        call.Error.Line(new JsonObject { ["error"] = why }.ToJsonString());
        return 1;
    }

    private static int Number(string? text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}
