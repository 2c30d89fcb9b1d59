using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Vault;
using Orrery.Simulation.Faults;
using Orrery.Simulation.Time;
using Orrery.Simulation.Vault;
using Orrery.Simulation.Wire;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Providers.Vault;

/// <summary>Many writers of one document on virtual time, with everything going wrong, and what became of it.</summary>
internal static class VaultWriters
{
    private const string Root = "s.root";
    private const int Writers = 64;
    private const int Rounds = 4;

    private static readonly FaultKind[] Faults =
    [
        FaultKind.Http429, FaultKind.Http500Before, FaultKind.LostRequest, FaultKind.LostReply, FaultKind.Reset,
        FaultKind.SlowReply, FaultKind.Http500After, FaultKind.LateRequest,
    ];

    public static async Task<string> PlayAsync(string bug, ulong seed)
    {
        var clock = new VirtualClock();
        var world = new VaultWorld(new VaultWorldOptions { RootToken = Root, Seed = seed });
        Send(world, "sys/mounts/secret", """{"type":"kv","options":{"version":"2"}}""");
        // All are kept, so that one can see afterwards who wrote what.
        Send(world, "secret/config", """{"max_versions":100000}""");
        var log = new WireLog();
        var life = new Life(clock);
        var settings = new WireSettings
        {
            World = world,
            Faults = new FaultPlan(seed, FaultProfile.Storm, static request =>
                request.Method == "GET" ? Faults[..6] : Faults),
            Crashes = new CrashPlan(null),
            Log = log,
        };
        HttpMessageHandler wire = new SimulatedTransport(life, settings);
        wire = bug switch
        {
            "no-cas" => new WithoutCas(wire),
            "repeats-posts" => new RepeatsPosts(wire),
            _ => wire,
        };
        await new DeterministicHost(clock).RunAsync(() => WriteAsync(life, wire, seed));
        var faults = new JsonObject();
        foreach (var (name, count) in log.Faults)
            faults[name] = count;
        var pool = world.Fields("secret", "pool")!;
        return new JsonObject
        {
            ["lost"] = Lost(world),
            ["doubled"] = Doubled(world),
            ["places"] = pool.Select(place => place.Value!.GetValue<string>()).Distinct(StringComparer.Ordinal).Count(),
            ["versions"] = History(world).Count,
            ["faults"] = faults,
        }.ToJsonString();
    }

    private static async Task WriteAsync(Life life, HttpMessageHandler wire, ulong seed)
    {
        var writers = new List<Task>();
        for (var number = 0; number < Writers; number++)
        {
            var environment = new ProviderEnvironment
            {
                Time = new LifeTimeProvider(life),
                Random = new Dice(seed + (ulong)number),
                Transport = wire,
                Guard = new Dice(0),
                Environment = static _ => null,
            };
            var engine = new KeyValueEngine(
                VaultClient.Create(environment, VaultScene.Server, Root, "a test"), "secret");
            writers.Add(WriteAsync(engine, $"writer-{number.ToString("00", CultureInfo.InvariantCulture)}", number));
        }

        await Task.WhenAll(writers);
    }

    private static async Task WriteAsync(KeyValueEngine engine, string name, int number)
    {
        var shared = new KeyValueDocument(engine, "shared");
        for (var round = 1; round <= Rounds; round++)
        {
            var value = round.ToString(CultureInfo.InvariantCulture);
            // Both ways to change a document meet in it.
            if ((number + round) % 2 == 0)
                await shared.SetAsync(name, value, null, default);
            else
                await shared.ChangeAsync(fields => With(fields, name, value), null, default);
        }

        var pool = new KeyValueDocument(engine, "pool");
        await pool.ChangeAsync(
            fields => fields.Any(place => place.Value!.GetValue<string>() == name)
                ? fields
                : With(fields, Enumerable.Range(1, Writers).Select(place => $"10.0.0.{place}")
                    .First(place => !fields.ContainsKey(place)), name),
            null, default);
    }

    private static JsonObject With(JsonObject fields, string field, string value)
    {
        fields[field] = value;
        return fields;
    }

    /// <summary>Writers whose last value is not there.</summary>
    private static int Lost(VaultWorld world)
    {
        var last = world.Fields("secret", "shared")!;
        return Enumerable.Range(0, Writers).Count(number =>
            last[$"writer-{number.ToString("00", CultureInfo.InvariantCulture)}"]?.GetValue<string>() != $"{Rounds}");
    }

    /// <summary>
    /// Versions that gave nobody something new, and values that went back to what they were: what was applied twice.
    /// </summary>
    private static int Doubled(VaultWorld world)
    {
        var history = History(world);
        var count = 0;
        for (var i = 1; i < history.Count; i++)
        {
            var (before, after) = (history[i - 1], history[i]);
            var isBack = before.Any(field => string.CompareOrdinal(
                after[field.Key]?.GetValue<string>() ?? "", field.Value!.GetValue<string>()) < 0);
            count += isBack || JsonNode.DeepEquals(before, after) ? 1 : 0;
        }

        return count;
    }

    private static List<JsonObject> History(VaultWorld world)
    {
        var versions = new List<JsonObject>();
        for (var version = 1; ; version++)
        {
            var reply = world.Handle(
                new WorldRequest
                {
                    Method = "GET",
                    Path = "/v1/secret/data/shared",
                    Query = $"version={version.ToString(CultureInfo.InvariantCulture)}",
                    Headers = ValueMap.Of(("x-vault-token", Root)),
                },
                TimeSpan.FromDays(1));
            if (reply.Status != 200)
                return versions;
            versions.Add(JsonNode.Parse(reply.Body.Span)!["data"]!["data"]!.DeepClone().AsObject());
        }
    }

    private static void Send(VaultWorld world, string path, string body) => world.Handle(
        new WorldRequest
        {
            Method = "POST",
            Path = $"/v1/{path}",
            Headers = ValueMap.Of(("x-vault-token", Root)),
            Body = Encoding.UTF8.GetBytes(body),
        },
        TimeSpan.Zero).Status.ShouldBe(204);

    private sealed class Dice(ulong seed) : IRandomSource, IWriterGuard
    {
        private ulong _drawn;

        public double NextDouble() => StableHash.Of(seed).And(++_drawn).Share;

        public void Fill(Span<byte> bytes) => throw new NotSupportedException("nothing here is named by chance");

        public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) => Task.CompletedTask;
    }

    /// <summary>The planted bug: writes do not say which version they follow.</summary>
    private sealed class WithoutCas(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Content is { } content)
            {
                var body = JsonNode.Parse(await content.ReadAsByteArrayAsync(cancellationToken))!.AsObject();
                body.Remove("options");
                var without = new StringContent(body.ToJsonString());
                without.Headers.ContentType = content.Headers.ContentType;
                request.Content = without;
            }

            return await base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>The planted bug: a write is sent again after its success, as if it followed itself.</summary>
    private sealed class RepeatsPosts(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method != HttpMethod.Post || !response.IsSuccessStatusCode)
                return response;
            var body = JsonNode.Parse(await request.Content!.ReadAsByteArrayAsync(cancellationToken))!.AsObject();
            var cas = body["options"]!["cas"]!.GetValue<int>();
            body["options"]!["cas"] = cas + 1;
            using var again = new HttpRequestMessage(HttpMethod.Post, request.RequestUri)
            {
                Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"),
            };
            again.Headers.Add("X-Vault-Token", Root);
            return await base.SendAsync(again, cancellationToken);
        }
    }
}
