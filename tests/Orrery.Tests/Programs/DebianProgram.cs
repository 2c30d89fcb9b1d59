using System.Diagnostics;

namespace Orrery.Tests.Programs;

/// <summary>
/// A program of a Debian package that judges what we write. Those for administrators stand in <c>/usr/sbin</c>, which
/// not everybody's PATH has. Where it is missing, the test fails: nothing else would notice.
/// </summary>
internal static class DebianProgram
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public static string PathOf(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/sbin")
            .Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException($"the program {program} is not installed");

    /// <summary>It reads the input and ends with 0.</summary>
    public static async Task<bool> AcceptsAsync(string program, byte[] input, params string[] arguments) =>
        (await RunAsync(program, input, arguments)).ExitCode == 0;

    /// <summary>Its exit code and all that it says.</summary>
    public static async Task<(int ExitCode, string Said)> RunAsync(
        string program, byte[] input, params string[] arguments)
    {
        using var limit = new CancellationTokenSource(Limit);
        using var process = Start(program, arguments);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var error = process.StandardError.ReadToEndAsync(limit.Token);
            await process.StandardInput.BaseStream.WriteAsync(input, limit.Token);
            process.StandardInput.Close();
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, $"{await output}{await error}");
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>A server, which the caller kills.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(PathOf(program), arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return Process.Start(start).ShouldNotBeNull();
    }
}
