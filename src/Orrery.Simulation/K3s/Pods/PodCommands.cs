using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Networks;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Routes;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s.Pods;

/// <summary>
/// Runs commands in containers whose image has a shell, with the programs of simulated machines; what they fetch comes
/// through the network of the pods. The files of a container are those of no other, and forgotten with the command.
/// </summary>
internal sealed class PodCommands
{
    private const string Image = "busybox";

    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(1);

    private readonly SimulatedCluster _cluster;

    public PodCommands(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Api.Execute = Run;
    }

    private CommandStream Run(PodCall call)
    {
        var pod = call.Pod;
        var node = _cluster.NodeOf(pod.TextAt("spec", "nodeName"));
        if (node is null || !node.IsUp())
            throw ApiFailure.Internal("error dialing backend: dial tcp: connect: no route to host");
        if (!node.HasServingCertificate())
            throw ApiFailure.Internal("error dialing backend: remote error: tls: internal error");
        var state = pod.At("status", "containerStatuses").Items()
            .FirstOrDefault(each => each.TextAt("name") == call.Container).At("state", "running");
        if (state is null || pod.IsGoing())
            throw ApiFailure.Internal($"unable to upgrade connection: container not found (\"{call.Container}\")");
        if (!Programs.Runs(pod, Image))
            throw ApiFailure.Unsupported($"commands in containers of images other than {Image}");
        Note(call, node);
        var stream = new CommandStream();
        _cluster.After(_cluster.Latencies.Command, () => Start(call, node, stream));
        return stream;
    }

    private void Start(PodCall call, ClusterNode node, CommandStream stream)
    {
        var since = _cluster.Agenda.Now - _cluster.Latencies.Command;
        var container = new Machine(
            new MachineOrder
            {
                Id = call.Pod.Uid(),
                Name = call.Pod.Name(),
                Programs = new Dictionary<string, Program> { ["wget"] = asked => FetchAsync(call.Pod, asked) },
            },
            node.Machine.Surroundings);
        var scope = container.SwitchOn();
        node.Machine.PowerCut.Then(() =>
        {
            scope.Kill();
            stream.Break();
        });
        var word = call.Command[0];
        if (container.Programs.PathOf(word, null, "/") is not { } path)
        {
            stream.Fail($"exec: \"{word}\": executable file not found in $PATH: unknown");
            return;
        }

        var work = container.Programs.Start(path, new Invocation
        {
            Machine = container,
            Scope = scope,
            Name = word,
            Arguments = [.. call.Command.Skip(1)],
            Environment = new Dictionary<string, string> { ["PATH"] = ProgramRunner.DefaultPath },
            Streams = new Streams(Input.Empty, stream.Out, stream.Error),
            Cause = "exec",
        });
        work.OnCompleted(() =>
        {
            _cluster.Api.Note(new ServiceRecord(call.Tag, $"exec {word}", since, _cluster.Agenda.Now));
            stream.Exit(work.GetResult());
        });
    }

    // Until it could be asked, the pod was made for whoever asks.
    private void Note(PodCall call, ClusterNode node)
    {
        if (node.Kubelet.StartOf(call.Pod) is { } start)
            _cluster.Api.Note(new ServiceRecord(call.Tag, "pod", start.Seen, start.Ready));
    }

    /// <summary>wget of busybox: https://www.busybox.net/downloads/BusyBox.html.</summary>
    private async Work<int> FetchAsync(JsonObject pod, Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "qO:T:") is not { Operands: [var url, ..] } options)
            return 1;
        var text = url.Contains("://", StringComparison.Ordinal) ? url : "http://" + url;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address)
            || address.HostNameType is not (UriHostNameType.IPv4 or UriHostNameType.IPv6))
        {
            return call.Fail($"bad address '{url}'");
        }

        switch (_cluster.Network.Connect(pod, address.Host.Trim('[', ']'), address.Port))
        {
            case PacketFate.Lost:
                var patience = int.TryParse(options.Value("T"), CultureInfo.InvariantCulture, out var seconds)
                    ? seconds
                    : 900;
                await call.Scope.Sleep(TimeSpan.FromSeconds(patience));
                return call.Fail("download timed out");
            case PacketFate.Refused:
                await call.Scope.Sleep(RoundTrip);
                return call.Fail($"can't connect to remote host ({address.Host}): Connection refused");
            default:
                await call.Scope.Sleep(RoundTrip);
                if (options.Value("O") is "-" or null)
                    call.Out.Line("ok");
                return 0;
        }
    }
}
