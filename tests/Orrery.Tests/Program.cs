using System.Text;
using System.Text.Json;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Model.Spec;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Crashes;
using Orrery.Rehearsal.Reports;
using Orrery.Simulation.Faults;
using Orrery.Tests.Contracts;
using Orrery.Tests.Providers.Vault;
using Orrery.Tests.Rehearsal;
using Orrery.Tests.Rehearsal.Networks;
using Orrery.Tests.Rehearsal.Planted;

namespace Orrery.Tests;

/// <summary>
/// The test assembly as a program of its own: plays a rehearsal with a planted bug, or with the vendor's contract
/// between provider and world, and prints the report. <c>DIR BUG SEED FAULTS [every[/N]|both]</c>, where <c>both</c>
/// are the strategies of a rebuild. Without arguments it plays what each line of standard input asks for, with tabs
/// between the words, and answers with a line: a compiler that has warmed up is worth more than the play.
/// <c>vault-writers BUG SEED</c> lets writers loose on one document, <c>talos-life DIR …</c> is a
/// <see cref="TalosLife"/>, <c>claim-life DIR …</c> a <see cref="ClaimLife"/> and <c>network-life DIR …</c> a
/// <see cref="NetworkLife"/>. The word <c>upgrade</c> plays that scenario. <c>orrery DIR …</c> is the program itself as
/// if it had been started in that folder.
/// </summary>
internal static class Program
{
    private static async Task<int> Main(string[] words)
    {
        if (words.Length > 0)
        {
            Console.WriteLine(await PlayAsync(words));
            return 0;
        }

        while (Console.ReadLine() is { } line)
        {
            try
            {
                Console.WriteLine(await PlayAsync(line.Split('\t')));
            }
            catch (Exception exception)
            {
                Console.WriteLine(JsonSerializer.Serialize(new { error = exception.ToString() }));
            }
        }

        return 0;
    }

    private static async Task<string> PlayAsync(string[] words)
    {
        if (words[0] == "vault-writers")
            return await VaultWriters.PlayAsync(words[1], ulong.Parse(words[2]));
        if (words[0] == "talos-life")
            return await TalosLife.PlayAsync(words[1], words[2..]);
        if (words[0] == "orrery")
            return JsonSerializer.Serialize(await OrreryAsync(words[1], words[2..]));
        if (words[0] == "network-life")
            return await NetworkLife.PlayAsync(words[1], words[2..]);
        if (words[0] == "claim-life")
            return await ClaimLife.PlayAsync(words[1], words[2], words[3..]);
        var text = await File.ReadAllTextAsync(Path.Combine(words[0], "platform.yaml"));
        var declared = Declaration.Read([new SourceFile("platform.yaml", text)], null);
        var platform = declared.Value ?? throw new InvalidOperationException(
            string.Join('\n', declared.Diagnostics.Select(d => $"{d.Code} {d.Summary} {d.Detail}")));

        var checking = words[1] == "contract" ? new ContractChecking() : null;
        var options = new RehearsalOptions
        {
            Platform = platform,
            Seed = ulong.Parse(words[2]),
            Faults = Enum.Parse<FaultProfile>(words[3], ignoreCase: true),
            Interposed = checking?.Interposed ?? PlantedBugs.Named(words[1]),
            Scenario = words.Contains("rotate") ? Scenario.Rotate
                : words.Contains("upgrade") ? Scenario.Upgrade : Scenario.Lifecycle,
        };
        var report = words is [.., var every] && every.StartsWith("every", StringComparison.Ordinal)
            ? await CrashExplorer.ExploreAsync(options, Points(every), static (_, _) => { })
            : (await Rehearsals.PlayAsync(options)).Report;
        if (words is [.., "both"])
            report = await Rehearsals.CompareAsync(options, report);
        using var buffer = new MemoryStream();
        await using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            ReportJson.Write(json, report, 0);
            checking?.Write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static async Task<ChildProcess.Result> OrreryAsync(string folder, string[] words)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var real = ProcessHost.Create();
        var code = await CommandLine.RunAsync(words, real with
        {
            Folder = folder,
            // This process is another program.
            Beside = null,
            Screen = real.Screen with { Out = output, Error = error, IsLive = false, CanAsk = false },
        });
        return new ChildProcess.Result(code, output.ToString(), error.ToString());
    }

    /// <summary>All moments for <c>every</c>, each fifth one for <c>every/5</c>.</summary>
    private static Func<int, bool>? Points(string every) =>
        every.Split('/') is [_, var stride] ? point => point % int.Parse(stride) == 1 : null;

    /// <summary>Counts what stood between provider and world.</summary>
    private sealed class ContractChecking
    {
        private readonly OpenApiContract _contract = OpenApiContract.Hetzner();

        public Interposed Interposed => new()
        {
            Wire = wire => new ContractCheckingHandler(_contract, wire) { Only = "api.hetzner.cloud" },
        };

        public void Write(Utf8JsonWriter json)
        {
            json.WriteStartArray("violations");
            foreach (var violation in _contract.Report.Violations)
                json.WriteStringValue(violation);
            json.WriteEndArray();
            json.WriteNumber("exchanges", _contract.Report.Exchanges);
            json.WriteNumber("unchecked", _contract.Report.Unchecked.Count);
        }
    }
}
