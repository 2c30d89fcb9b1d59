using System.Globalization;
using System.Text.Json;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>A real process that is killed at a random moment, and the same command again.</summary>
public sealed class KilledTests
{
    /// <summary>Longer than <c>up</c> takes over sockets, so that every moment of it may be the last.</summary>
    private const double SecondsMax = 8;

    /// <summary>Set to play more than the one of the usual suite: each takes about twenty seconds.</summary>
    private static readonly int Rounds = int.Parse(
        Environment.GetEnvironmentVariable("ORRERY_KILLS") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>Set to repeat what was played.</summary>
    private static readonly int Seed = int.Parse(
        Environment.GetEnvironmentVariable("ORRERY_KILLS_SEED") ?? "0", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Killed_at_any_moment_the_next_run_makes_one_platform_and_nothing_double()
    {
        var seed = Seed == 0 ? Random.Shared.Next() : Seed;
        var random = new Random(seed);
        for (var round = 1; round <= Rounds; round++)
        {
            var moment = TimeSpan.FromSeconds(random.NextDouble() * SecondsMax);
            var what = $"round {round} killed after {moment.TotalSeconds:0.000} s: ORRERY_KILLS_SEED={seed}";
            await using var served = await ServedPlatform.StartAsync();
            using (var up = served.Leave("up", "site", "--yes"))
            {
                await Task.Delay(moment, TimeProvider.System);
                up.Kill();
                await up.WaitForExitAsync();
            }

            // Its lease would end by itself after half a minute; that it is dead is known here.
            await served.OrreryAsync("state", "unlock", "site", "--force");
            var again = await served.OrreryAsync("up", "site", "--yes");
            again.Code.ShouldBe(0, $"{what}\n{again.Output}\n{again.Error}");
            (await served.OrreryAsync("plan", "site")).Code.ShouldBe(0, what);
            foreach (var kind in new[] { "servers", "volumes", "firewalls", "floating_ips", "ssh_keys" })
                (await CountAsync(served, kind)).ShouldBe(1, $"{kind}: {what}");
            // One of each family.
            (await CountAsync(served, "primary_ips")).ShouldBe(2, what);
        }
    }

    private static async Task<int> CountAsync(ServedPlatform served, string kind)
    {
        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("Authorization", $"Bearer {served.Variable("HCLOUD_TOKEN")}");
        using var listed = JsonDocument.Parse(
            await client.GetStringAsync(new Uri($"{served.Variable("HCLOUD_ENDPOINT")}/{kind}")));
        return listed.RootElement.GetProperty(kind).GetArrayLength();
    }
}
