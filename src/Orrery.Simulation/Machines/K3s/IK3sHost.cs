using Orrery.Model.Values;

namespace Orrery.Simulation.Machines.K3s;

/// <summary>A K3s that starts on a machine, with everything that it found there.</summary>
public sealed record K3sStart
{
    /// <summary>For example <c>v1.34.3+k3s3</c>.</summary>
    public required string Version { get; init; }

    /// <summary><c>server</c> or <c>agent</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The configuration as it stands, empty where there is none.</summary>
    public required string ConfigYaml { get; init; }

    /// <summary>
    /// Flags of the command line and the configuration together, by name without dashes; lists by line.
    /// </summary>
    public required ValueMap<string> Flags { get; init; }

    /// <summary>The join token, or null where none is given.</summary>
    public string? Token { get; init; }

    /// <summary>The node's name.</summary>
    public required string NodeName { get; init; }

    /// <summary>For example <c>/var/lib/rancher/k3s</c>.</summary>
    public required string DataFolder { get; init; }

    /// <summary>What stands below <c>server/tls</c>, by path from there.</summary>
    public required ValueMap<string> Tls { get; init; }

    /// <summary>What stands below <c>server/manifests</c>, by path from there.</summary>
    public required ValueMap<string> Manifests { get; init; }

    /// <summary>The datastore that it has opened, or made; null for an agent, which has none.</summary>
    public required Datastore? Datastore { get; init; }
}

/// <summary>Whoever plays the Kubernetes of a machine.</summary>
public interface IK3sHost
{
    /// <summary>Why a server cannot start with a datastore that lies on its disk; null where it can.</summary>
    string? Problem(Datastore found) => null;

    /// <summary>K3s starts; it says ready when the API answers.</summary>
    void Started(Machine machine, K3sStart start);

    /// <summary>K3s ended, whatever the reason.</summary>
    void Stopped(Machine machine, string why);

    /// <summary>
    /// Answers <c>kubectl</c>, without the program's own name, with an exit code and its outputs.
    /// </summary>
    (int ExitCode, string Output, string Error) Kubectl(Machine machine, ValueList<string> arguments, string input);
}

/// <summary>A Kubernetes that is there and empty: for machines of which nobody plays it.</summary>
public sealed class EmptyK3sHost : IK3sHost
{
    private readonly List<K3sStart> _starts = [];

    /// <summary>Every start so far.</summary>
    public IReadOnlyList<K3sStart> Starts => _starts;

    public void Started(Machine machine, K3sStart start) => _starts.Add(start);

    public void Stopped(Machine machine, string why)
    {
    }

    public (int ExitCode, string Output, string Error) Kubectl(
        Machine machine, ValueList<string> arguments, string input) => arguments switch
        {
            ["get", "--raw", "/readyz" or "/livez" or "/healthz"] => (0, "ok", ""),
            ["get", "nodes", ..] => (0, $"{machine.HostName} Ready control-plane\n", ""),
            _ => (1, "", "Error from server (NotFound): the server could not find the requested resource\n"),
        };
}
