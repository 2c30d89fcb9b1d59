using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>A program that goes on until this is disposed, and what it has said so far.</summary>
internal sealed class FollowedProgram : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);

    private readonly StringBuilder _said = new();
    private readonly Process _process;

    public FollowedProgram(ProcessStartInfo start)
    {
        _process = Process.Start(start).ShouldNotBeNull();
        _process.StandardInput.Close();
        _process.OutputDataReceived += Hear;
        _process.ErrorDataReceived += Hear;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Process Process => _process;

    public string Said
    {
        get
        {
            lock (_said)
                return _said.ToString();
        }
    }

    /// <summary>Waits until a line of what it has said fits a pattern.</summary>
    public async Task SaysAsync(string pattern)
    {
        try
        {
            await Eventually.HoldsAsync(() => Regex.IsMatch(Said, pattern, RegexOptions.Multiline, Limit), pattern);
        }
        catch (ShouldAssertException problem)
        {
            Assert.Fail($"{problem.Message}\nit said:\n{Said}");
        }
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (_said)
            _said.AppendLine(line.Data);
    }
}
