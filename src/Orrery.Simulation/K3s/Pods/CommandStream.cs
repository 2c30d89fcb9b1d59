using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s.Pods;

/// <summary>
/// What a command in a container says, as channels of a WebSocket: its outputs, and at last how it ended
/// (k8s.io/apimachinery/pkg/util/remotecommand).
/// </summary>
internal sealed class CommandStream : WebSocketStream
{
    private const byte OutputChannel = 1;
    private const byte ErrorChannel = 2;
    private const byte StatusChannel = 3;

    public CommandStream()
    {
        Out = new Output(content => Say(OutputChannel, content));
        Error = new Output(content => Say(ErrorChannel, content));
    }

    /// <summary>Where the command writes.</summary>
    public Output Out { get; }

    public Output Error { get; }

    /// <summary>The command has run to its end.</summary>
    public void Exit(int code) => End(code == 0
        ? new JsonObject { ["metadata"] = new JsonObject(), ["status"] = "Success" }
        : new JsonObject
        {
            ["metadata"] = new JsonObject(),
            ["status"] = "Failure",
            ["message"] = "command terminated with non-zero exit code: error executing command in container: command "
                + $"terminated with exit code {code}",
            ["reason"] = "NonZeroExitCode",
            ["details"] = new JsonObject
            {
                ["causes"] = new JsonArray(new JsonObject { ["reason"] = "ExitCode", ["message"] = $"{code}" }),
            },
        });

    /// <summary>The command could not be started.</summary>
    public void Fail(string why) => End(new JsonObject
    {
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = $"Internal error occurred: error executing command in container: {why}",
        ["reason"] = "InternalError",
        ["details"] = new JsonObject { ["causes"] = new JsonArray(new JsonObject { ["message"] = why }) },
        ["code"] = 500,
    });

    private void Say(byte channel, byte[] content)
    {
        if (IsEnded || content.Length == 0)
            return;
        Say([channel], content);
    }

    private void End(JsonObject status)
    {
        if (IsEnded)
            return;
        Say([StatusChannel], Encoding.UTF8.GetBytes(status.ToJsonString()));
        End();
    }
}
