using System.Diagnostics;

namespace Orrery.Tests.Programs;

/// <summary>Runs a program to its end, which must come within a minute and be a success.</summary>
internal static class ProgramRun
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Gives it <paramref name="input"/> and returns what it printed.</summary>
    public static async Task<byte[]> OutputAsync(string program, byte[] input, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Limit);
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start).ShouldNotBeNull();
        try
        {
            // Read and written at the same time: a full pipe would stop either side.
            var printed = ReadAsync(process.StandardOutput.BaseStream, limit.Token);
            var said = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.BaseStream.WriteAsync(input, limit.Token);
            process.StandardInput.Close();
            var output = await printed;
            await process.WaitForExitAsync(limit.Token);
            process.ExitCode.ShouldBe(0, await said);
            return output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        using var output = new MemoryStream();
        await stream.CopyToAsync(output, cancellation);
        return output.ToArray();
    }
}
