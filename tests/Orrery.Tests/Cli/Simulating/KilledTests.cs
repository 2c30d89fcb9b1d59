using System.Globalization;
using System.Text.Json;
using Orrery.Tests.Programs;
using Xunit.Abstractions;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>A real process that is killed at a random moment, and the same command again.</summary>
public sealed class KilledTests(ITestOutputHelper log)
{
    /// <summary>About as long as <c>up</c> takes over sockets; after the first round that is measured.</summary>
    private const double SecondsUsual = 12;

    /// <summary>Set to play more than the one of the usual suite: each takes about half a minute.</summary>
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
        // Every moment of it may be the last.
        var whole = TimeSpan.FromSeconds(SecondsUsual);
        for (var round = 1; round <= Rounds; round++)
        {
            var moment = random.NextDouble() * whole;
            var what = $"round {round} killed after {moment.TotalSeconds:0.000} s: ORRERY_KILLS_SEED={seed}";
            await using var served = await ServedPlatform.StartAsync();
            using (var up = served.Leave("up", "site", "--yes"))
            {
                await Task.Delay(moment, TimeProvider.System);
                what += up.Process.HasExited ? ", when it was done" : "";
                up.Process.Kill();
                await up.Process.WaitForExitAsync();
            }

            await EndsAsync(served, what);
            // Its lease would end by itself after half a minute; that it is dead is known here.
            await served.OrreryAsync("state", "unlock", "site", "--force");
            var began = TimeProvider.System.GetTimestamp();
            var again = await served.OrreryAsync("up", "site", "--yes");
            whole = moment + TimeProvider.System.GetElapsedTime(began);
            again.Code.ShouldBe(0, $"{what}\n{again.Output}\n{again.Error}");
            log.WriteLine($"{what}; then {again.Output.TrimEnd().Split('\n')[^1]}");
            (await served.OrreryAsync("plan", "site")).Code.ShouldBe(0, what);
            await IsOneAsync(served, what);
        }
    }

    /// <summary>Nothing that it has started goes on, except git's own cache, which has a time to end.</summary>
    private static async Task EndsAsync(ServedPlatform served, string what)
    {
        IReadOnlyList<string> left = [];
        bool IsEnded()
        {
            left = [.. served.Processes().Where(process => !process.Contains("credential-cache--daemon"))];
            return left.Count == 0;
        }

        try
        {
            await Eventually.HoldsAsync(IsEnded, what);
        }
        catch (ShouldAssertException problem)
        {
            Assert.Fail($"{problem.Message}\ngoes on: {string.Join("; ", left)}");
        }
    }

    private static async Task IsOneAsync(ServedPlatform served, string what)
    {
        var status = await served.OrreryAsync("status", "site", "--output", "json");
        using var known = JsonDocument.Parse(status.Output);
        var ids = known.RootElement.GetProperty("resources").EnumerateArray()
            .Select(resource => resource.GetProperty("id").GetString()).ToHashSet();
        foreach (var kind in new[] { "servers", "volumes", "firewalls", "floating_ips", "ssh_keys" })
        {
            var item = (await served.CloudAsync(kind)).ShouldHaveSingleItem($"{kind}: {what}");
            ids.ShouldContain($"{item.GetProperty("id")}", $"{kind}: {what}");
        }

        // One of each family, which came with the server.
        var server = (await served.CloudAsync("servers"))[0].GetProperty("id").GetInt64();
        (await served.CloudAsync("primary_ips")).Select(address => address.GetProperty("assignee_id").GetInt64())
            .ShouldBe([server, server], what);
        using var keys = await served.GetAsync("GITHUB_API_URL", "/repos/example/moonrepo/keys", "GH_PAT");
        ids.ShouldContain($"{keys.RootElement.EnumerateArray().ShouldHaveSingleItem(what).GetProperty("id")}", what);
        await served.OutputAsync("git", "clone", "--quiet", "--bare", "https://github.com/example/moonrepo", "clone");
        (await served.OutputAsync("git", "-C", "clone", "rev-list", "--count", "main")).ShouldBe("1\n", what);
    }
}
