using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Orrery.GitOps.Delivery;
using Orrery.Model.Documents;
using Orrery.Tests.Contracts;
using Orrery.Tests.Programs;

namespace Orrery.Tests.GitOps;

/// <summary>What shows that the network of pods works, as the shell of its image runs it.</summary>
public sealed class ProbeObjectsTests
{
    [Fact]
    public void The_objects_are_as_they_were_read() => Golden.Match(
        "tests/Orrery.Tests/Golden/Networks/probe.yaml", YamlText.WriteAll(ProbeObjects.All));

    [ContractFact]
    public void Every_object_holds_its_contract()
    {
        foreach (var manifest in ProbeObjects.All)
            ObjectContract.Holds(manifest);
    }

    [ProgramFact("busybox")]
    public async Task A_pod_names_those_alone_that_do_not_answer_and_waits_for_all_at_once()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        using var answering = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        answering.Start();
        var closed = Closed();
        string[] targets = [TargetOf(silent), TargetOf(answering), closed];

        var since = Stopwatch.GetTimestamp();
        var asking = RunAsync([.. ProbeObjects.Command(targets)]);
        using var client = await answering.AcceptTcpClientAsync();
        await using var stream = client.GetStream();
        (await stream.ReadAsync(new byte[4096])).ShouldBeGreaterThan(0);
        await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok\n"u8.ToArray());
        var said = await asking;

        said.Order(StringComparer.Ordinal).ShouldBe(
            new[]
            {
                $"{targets[0]} silent for 4 s",
                $"{closed} wget: can't connect to remote host (127.0.0.1): Connection refused",
            }.Order(StringComparer.Ordinal));
        Stopwatch.GetElapsedTime(since).ShouldBeLessThan(ProbeObjects.Patience * 5);
    }

    private static string Closed()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return TargetOf(listener);
    }

    private static string TargetOf(TcpListener listener) => $"127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>The lines that it writes, with the programs of busybox and no others.</summary>
    private static async Task<string[]> RunAsync(string[] words)
    {
        var folder = Directory.CreateTempSubdirectory("orrery-").FullName;
        try
        {
            var busybox = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Select(place => Path.Combine(place, "busybox")).First(File.Exists);
            foreach (var name in (string[])["sh", "timeout", "wget"])
                File.CreateSymbolicLink(Path.Combine(folder, name), busybox);
            words[0].ShouldBe("/bin/sh");
            var start = new ProcessStartInfo(Path.Combine(folder, "sh"), words[1..])
            {
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            start.Environment.Clear();
            start.Environment["PATH"] = folder;
            using var process = Process.Start(start).ShouldNotBeNull();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBe(0);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
