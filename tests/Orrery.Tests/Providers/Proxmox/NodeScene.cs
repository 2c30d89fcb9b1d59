using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Proxmox.Accounts;
using Orrery.Providers.Ssh;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Proxmox;
using Orrery.Simulation.Proxmox.Node;
using Orrery.Simulation.Wire;
using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>A node's shell over SSH, and the API beside it. Each call takes its time and is then done.</summary>
internal sealed class NodeScene : IProcessRunner, IRandomSource
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAdministratorOfTheNodes";

    private readonly Agenda _agenda = new();
    private readonly MachinePark _park;
    private readonly SshPrograms _programs;
    private byte _drawn;

    public NodeScene()
    {
        World = new ProxmoxWorld(new ProxmoxWorldOptions { Agenda = _agenda });
        _park = new MachinePark(_agenda, new MachinesOptions());
        _park.AddHost(new MachineOrder
        {
            Id = "pve",
            Name = "pve",
            Addresses = ["pve.test"],
            AuthorizedKeys = [Key],
            Programs = new NodePrograms(World).All,
        });
        _programs = new SshPrograms(_park, [Key]);
        Ssh = new SshClient(this, TimeProvider.System, privateKey: null);
        Accounts = new ProxmoxAccounts(new NodeShell(Ssh, "root@pve.test"), this, Settings);
    }

    public static Infrastructure.Proxmox Settings { get; } = new()
    {
        Endpoint = "https://pve.test:8006",
        Trust = null,
        Token = null,
        Bootstrap = "root@pve.test",
        Users = ValueMap.Of(("provisioner", ProxmoxRole.Provisioner), ("csi", ProxmoxRole.Csi)),
        Hosts = ["pve"],
        Disks = "local-lvm",
        Images = "local",
        Bridge = "vmbr0",
    };

    public ProxmoxWorld World { get; }

    public SshClient Ssh { get; }

    public ProxmoxAccounts Accounts { get; }

    /// <summary>Commands that were run, as the shell got them.</summary>
    public List<string> Commands { get; } = [];

    /// <summary>What stands instead of the answer of a call that was carried out.</summary>
    public Func<string, ProcessResult, ProcessResult> Answer { get; set; } = static (_, result) => result;

    public static OperationContext Operation { get; } = new(KeysGraph.ProxmoxToken("talos", "csi"), static _ => { });

    public static TokenRequest Request(string user = "provisioner", string name = "ducktape-0a1b.talos") =>
        new(user, user, name, "ducktape-0a1b");

    public Task<IssuedToken> IssueAsync(TokenRequest? request = null) =>
        Accounts.IssueAsync(request ?? Request(), Operation, default);

    /// <summary>What root types at the node itself.</summary>
    public async Task<ProcessResult> TypeAsync(string command) => await Ssh.TryAsync(
        SshHost.OfUser("root@pve.test"), new SshCommand($"{command} || exit 1"), Operation, default);

    /// <summary>The node is installed anew, or somebody stands in between.</summary>
    public void Reinstall() => _park.Find("pve.test")!.WriteFile(
        "/etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAnother"u8.ToArray(), 0x1A4, 0);

    /// <summary>Whether the API takes a token.</summary>
    public int StatusWith(string credential, string path = "/cluster/nextid", string query = "") => World.Handle(
        new WorldRequest
        {
            Method = "GET",
            Path = $"/api2/json{path}",
            Query = query,
            Headers = ValueMap.Of(("authorization", $"PVEAPIToken={credential}")),
        },
        _agenda.Now).Status;

    public IEnumerable<string> Ids(string kind) =>
        World.Inventory().Where(item => item.Kind == kind && !item.Preset).Select(item => item.Id);

    public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation)
    {
        var call = SshCall.Read(request) ?? throw new InvalidOperationException("no call of ssh");
        Commands.Add(call.Command);
        if (_programs.Refusal(request, call) is { } refused)
            return Task.FromResult(refused.Result);
        var running = _programs.Start(request, call)!;
        for (var waited = 0; !running.IsDone && waited < 1000; waited++)
            _agenda.AdvanceTo(_agenda.Now + TimeSpan.FromMilliseconds(100));
        return Task.FromResult(Answer(call.Command, SshPrograms.ResultOf(request, running)));
    }

    public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
        throw new NotSupportedException();

    public double NextDouble() => 0;

    public void Fill(Span<byte> bytes) => bytes.Fill(++_drawn);
}
