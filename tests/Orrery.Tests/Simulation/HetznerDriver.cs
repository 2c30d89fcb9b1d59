using System.Text;
using System.Text.Json;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation;

/// <summary>
/// Talks to a simulated Hetzner Cloud without a network, on a clock of its own, and keeps what was said.
/// </summary>
internal sealed class HetznerDriver(HetznerWorldOptions? options = null)
{
    public const string Key =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB6Zg5PX0cZ9dAqRz7pGZ0o4wQfJx0mJ5Yy2n3o4p5q6 one@example.org";
    public const string OtherKey =
        "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC7Zg5PX0cZ9dAqRz7pGZ0o4wQfJx0mJ5Yy2n3o4p5q6 two@example.org";

    public HetznerWorld World { get; } = new(options ?? new HetznerWorldOptions());

    public TimeSpan Now { get; private set; }

    public string? Token { get; set; } = (options ?? new HetznerWorldOptions()).Token;

    public WorldFault? Fault { get; set; }

    public string? Tag { get; set; }

    public List<(WireRequest Request, WireReply Reply)> Said { get; } = [];

    public HetznerReply Get(string path) => Send("GET", path);

    public HetznerReply Post(string path, string? json = null) => Send("POST", path, json);

    public HetznerReply Put(string path, string json) => Send("PUT", path, json);

    public HetznerReply Delete(string path) => Send("DELETE", path);

    /// <summary>One exchange; the path is without <c>/v1</c> and with its query.</summary>
    public HetznerReply Send(string method, string path, string? json = null, bool wrongOnPurpose = false)
    {
        var parts = path.Split('?', 2);
        var request = new WorldRequest
        {
            Method = method,
            Path = "/v1" + parts[0],
            Query = parts.ElementAtOrDefault(1) ?? "",
            Headers = Token is null ? ValueMap<string>.Empty : ValueMap.Of(("authorization", $"Bearer {Token}")),
            Body = json is null ? default : Encoding.UTF8.GetBytes(json),
            Fault = Fault,
            Tag = Tag,
        };
        Fault = null;
        var reply = World.Handle(request, Now);
        Said.Add((
            new WireRequest(method, request.Path, request.Query, json is null ? null : "application/json", request.Body)
            {
                WrongOnPurpose = wrongOnPurpose,
            },
            new WireReply(reply.Status, reply.Headers.GetValueOrDefault("content-type"), reply.Body)));
        return new HetznerReply(reply);
    }

    public void Wait(double seconds)
    {
        Now += TimeSpan.FromSeconds(seconds);
        World.Advance(Now);
    }

    /// <summary>Waits until nothing goes on any more.</summary>
    public void Settle() => Wait(3600);

    public long SshKey(string name = "key", string key = Key) =>
        Made(Post("/ssh_keys", $$"""{"name":"{{name}}","public_key":"{{key}}"}"""), "ssh_key");

    public long Volume(string name = "data", string location = "fsn1", string more = "") =>
        Made(Post("/volumes", $$"""{"name":"{{name}}","size":10,"location":"{{location}}"{{more}}}"""), "volume");

    public long Server(string name = "cosmos-0", string more = "", string location = "fsn1") =>
        Made(Post("/servers",
            $$"""{"name":"{{name}}","server_type":"cx33","image":"ubuntu-24.04","location":"{{location}}"{{more}}}"""),
            "server");

    public long PrimaryIp(string name = "address", string more = "", string location = "fsn1") =>
        Made(Post("/primary_ips",
            $$"""{"name":"{{name}}","type":"ipv4","assignee_type":"server","location":"{{location}}"{{more}}}"""),
            "primary_ip");

    public long FloatingIp(string name = "front", string more = "") =>
        Made(Post("/floating_ips", $$"""{"name":"{{name}}","type":"ipv4","home_location":"fsn1"{{more}}}"""),
            "floating_ip");

    public long Firewall(string name = "wall", string more = "") =>
        Made(Post("/firewalls", $$"""{"name":"{{name}}"{{more}}}"""), "firewall");

    /// <summary>A running server with the volume on it.</summary>
    public (long Server, long Volume) ServerWithVolume()
    {
        var volume = Volume();
        var server = Server();
        Settle();
        Post($"/volumes/{volume}/actions/attach", $$"""{"server":{{server}}}""").Status.ShouldBe(201);
        Settle();
        return (server, volume);
    }

    private static long Made(HetznerReply reply, string noun)
    {
        reply.Status.ShouldBe(201, reply.Text);
        return reply.Json.GetProperty(noun).GetProperty("id").GetInt64();
    }
}

/// <summary>A reply of the simulated cloud, with its JSON at hand.</summary>
internal sealed record HetznerReply(WorldReply Reply)
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

    public string? Code => Json.TryGetProperty("error", out var error) ? error.GetProperty("code").GetString() : null;

    public long ActionId => Json.GetProperty("action").GetProperty("id").GetInt64();

    public List<long> Ids(string path) =>
        [.. Json.GetProperty(path).EnumerateArray().Select(item => item.GetProperty("id").GetInt64())];
}
