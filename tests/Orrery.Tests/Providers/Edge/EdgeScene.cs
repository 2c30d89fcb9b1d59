using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Clusters;
using Orrery.Providers.Edge;
using Orrery.Providers.Ssh;
using Orrery.Simulation.Edge;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Wire;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Providers.Edge;

/// <summary>A machine of people, and the provider's own code over a simulated <c>ssh</c>.</summary>
internal sealed class EdgeScene : IProcessRunner
{
    public const string Zone = "test-cluster.example.org";
    public const string NginxFile = "/etc/nginx/modules-enabled/90-orrery-behind-talos.conf";
    public const string NsdFile = "/etc/nsd/nsd.conf.d/90-orrery-behind-talos.conf";

    private const string UserKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGpZ";
    private const string Ssh = "root@example.org";

    private readonly Agenda _agenda = new();
    private readonly SshPrograms _programs;

    /// <param name="tailnet">Null for one of its own.</param>
    public EdgeScene(Tailnet? tailnet = null)
    {
        var park = new MachinePark(_agenda, new MachinesOptions());
        Tailnet = tailnet ?? new Tailnet(1, () => _agenda.Now);
        Host = new EdgeHost(park, "example.org", [UserKey], Tailnet);
        _programs = new SshPrograms(park, [UserKey]);
        Shell = new MachineShell(new SshClient(this, TimeProvider.System, null));
        Nginx = HandlerOf(EdgeProgram.Nginx);
        Nsd = HandlerOf(EdgeProgram.Nsd);
        Member = new TailnetNodeHandler(
            Shell, TimeProvider.System, ResourceAddress.Of("talos", TailnetNodeHandler.Definition.Type, "edge"));
    }

    public EdgeHost Host { get; }

    public Tailnet Tailnet { get; }

    public MachineShell Shell { get; }

    public IResourceHandler Nginx { get; }

    public IResourceHandler Nsd { get; }

    public IResourceHandler Member { get; }

    /// <summary>Every call of ssh with its arguments.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What each of them wrote to standard output.</summary>
    public List<string> Printed { get; } = [];

    public static Owner Owner(ResourceAddress address, string platform = "behind-1") => new(platform, address.Hash, 1);

    public static CreateRequest Passthrough(params string[] names)
    {
        var edge = new ClusterEdge(Ssh) { Ingress = "10.2.3.2", Names = [.. names] };
        return Request(EdgeProgram.Nginx, NginxPassthrough.Of("talos", edge), Value.Null.Instance);
    }

    public static CreateRequest Secondary(string key) => Request(
        EdgeProgram.Nsd, NsdSecondary.Of("talos", new SecondaryDns(Zone, "10.2.3.3")), new Value.Sensitive(key));

    public static CreateRequest Joining(string url = "https://headscale.example.org")
    {
        var address = ResourceAddress.Of("talos", TailnetNodeHandler.Definition.Type, "edge");
        return new CreateRequest(address, "any", Owner(address), Value.MapOf(
            ("host", Ssh), ("name", "behind-edge"), ("url", url), ("headscale", Ssh), ("user", "behind")));
    }

    /// <summary>Lets time pass.</summary>
    public void Pass(TimeSpan duration) => _agenda.AdvanceTo(_agenda.Now + duration);

    public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        Calls.Add(string.Join(' ', request.Arguments));
        var call = SshCall.Read(request).ShouldNotBeNull();
        if (_programs.Refusal(request, call) is { } refused)
            return Task.FromResult(refused.Result);
        var running = _programs.Start(request, call).ShouldNotBeNull();
        while (!running.IsDone && _agenda.Next is { } due)
            _agenda.AdvanceTo(due);
        var result = SshPrograms.ResultOf(request, running);
        Printed.Add(Encoding.UTF8.GetString(result.Output.Span));
        return Task.FromResult(result);
    }

    public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
        throw new NotSupportedException("nothing runs on");

    public static OperationContext Silent(CreateRequest request) => OperationContext.Silent(request.Address);

    private EdgeFileHandler HandlerOf(EdgeProgram program) => new(
        program, Shell, TimeProvider.System, ResourceAddress.Of("talos", program.Type, "edge"),
        new EdgePlace(Ssh, "behind-talos"));

    private static CreateRequest Request(EdgeProgram program, string text, Value key)
    {
        var address = ResourceAddress.Of("talos", program.Type, "edge");
        return new CreateRequest(address, "any", Owner(address), Value.MapOf(
            ("host", Ssh), ("name", "behind-talos"), ("text", text), ("key", key)));
    }
}
