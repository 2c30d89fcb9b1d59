using System.Net;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Cli;

/// <summary>
/// A Hetzner Cloud behind the wire of a command line: answers at once, works a second on each action.
/// </summary>
internal sealed class SimulatedCloud(HurriedTime time)
{
    public const string Token = "simulated-hetzner-token";

    private readonly Lock _gate = new();

    private readonly HetznerWorld _world = new(new HetznerWorldOptions
    {
        Token = Token,
        Latencies = new HetznerLatencies
        {
            Actions = ValueMap.From(new HetznerLatencies().Actions.Keys.Select(
                action => KeyValuePair.Create(action, TimeSpan.FromSeconds(1)))),
            GuestShutdown = TimeSpan.FromSeconds(1),
        },
        FloatingIps = [new PresetFloatingIp { Name = "front", Address = "49.12.115.123" }],
    });

    /// <summary>Paths that are answered with an error of the server, as long as this is set.</summary>
    public string? Broken { get; set; }

    public HttpMessageHandler Connect() => new Wire(this);

    /// <summary>Somebody else, in the console, changes something.</summary>
    public int Send(string method, string path, string? json)
    {
        var (kind, name) = path.Split('/') is ["", var first, var second, ..] ? (first, second) : ("", "");
        lock (_gate)
        {
            _world.Advance(time.Now);
            var named = _world.Inventory()
                .FirstOrDefault(item => item.Kind == kind && item.Name.Contains(name, StringComparison.Ordinal));
            var full = named is null ? path : path.Replace(name, $"{named.Id}", StringComparison.Ordinal);
            return Answer(new WorldRequest
            {
                Method = method,
                Path = $"/v1{full}",
                Headers = ValueMap.Of(("authorization", $"Bearer {Token}")),
                Body = json is null ? default : System.Text.Encoding.UTF8.GetBytes(json),
            }).Status;
        }
    }

    /// <summary>The id of what the cloud calls so.</summary>
    public string IdOf(string kind, string name)
    {
        lock (_gate)
            return $"{_world.Inventory().Single(item => item.Kind == kind && item.Name == name).Id}";
    }

    private WorldReply Answer(WorldRequest request)
    {
        lock (_gate)
        {
            var isBroken = Broken is { } path && request.Path.Contains(path, StringComparison.Ordinal);
            var fault = isBroken && request.Method != "GET"
                ? WorldFault.ResourceUnavailable
                : (WorldFault?)null;
            return _world.Handle(request with { Fault = fault }, time.Now);
        }
    }

    private sealed class Wire(SimulatedCloud cloud) : HttpMessageHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var reply = cloud.Answer(new WorldRequest
            {
                Method = request.Method.Method,
                Path = request.RequestUri!.AbsolutePath,
                Query = request.RequestUri.Query.TrimStart('?'),
                Headers = ValueMap.From(request.Headers.Select(header =>
                    KeyValuePair.Create(header.Key.ToLowerInvariant(), string.Join(", ", header.Value)))),
                Body = request.Content is null
                    ? default
                    : await request.Content.ReadAsByteArrayAsync(cancellationToken),
            });
            var response = new HttpResponseMessage((HttpStatusCode)reply.Status)
            {
                Content = new ByteArrayContent(reply.Body.ToArray()),
            };
            foreach (var (name, value) in reply.Headers)
            {
                if (!response.Headers.TryAddWithoutValidation(name, value))
                    response.Content.Headers.TryAddWithoutValidation(name, value);
            }

            return response;
        }
    }
}
