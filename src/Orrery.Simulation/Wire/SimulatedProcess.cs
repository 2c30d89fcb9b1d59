using System.Text;
using Orrery.Engine.Ports;

namespace Orrery.Simulation.Wire;

/// <summary>A program that was started and goes on; it has said all that it will say on standard error.</summary>
internal sealed class SimulatedProcess(Stream stream, int exitCode, string error) : IRunningProcess
{
    public Stream Stream => stream;

    public string Error => error;

    public Task<int> Ended => Task.FromResult(exitCode);

    public ValueTask DisposeAsync() => stream.DisposeAsync();

    /// <summary>
    /// Starts an agent, or a forward where <paramref name="forward"/> connects to what the machine sees there.
    /// </summary>
    public static SimulatedProcess Start(
        SshPrograms programs, ProcessRequest request, Func<string, string, Stream?> forward)
    {
        if (request.Program == "ssh-agent")
            return new SimulatedProcess(new MemoryStream(Encoding.UTF8.GetBytes(programs.StartAgent() + "\n")), 0, "");
        if (request.Program != "ssh" || SshCall.Read(request) is not { Forward: { } target } call)
            throw new ProviderException(ProviderErrorCode.Invalid, $"{request.Program} is not simulated");
        if (programs.Refusal(request, call) is { } refused)
            return new SimulatedProcess(new MemoryStream(), refused.Result.ExitCode, refused.Result.Error);
        return forward(call.Host, target) is { } stream
            ? new SimulatedProcess(stream, 0, "")
            : Failed("channel 0: open failed: connect failed: Connection refused\r\nstdio forwarding failed\r\n");
    }

    private static SimulatedProcess Failed(string said) =>
        new(new MemoryStream(), SshPrograms.Failed(said).ExitCode, said);
}
