using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Plans;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Spec;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Processes;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.Age;
using Orrery.Tests.Engine;
using Orrery.Tests.Programs;
using Orrery.Tests.Providers.Ssh;
using SeededRandom = Orrery.Tests.Secrets.SeededRandom;

namespace Orrery.Tests.Cli.Access;

/// <summary>
/// A platform that is up as far as its folder says: state, keys, and a machine that is a real sshd on loopback. ssh is
/// Debian's; only the ports that are always the same in a platform are led to those of this test.
/// </summary>
internal sealed class AccessScene : IAsyncDisposable, IRandomSource
{
    public const string Node = "cosmos-0";

    private static readonly IIdentity Identity = AgeIdentity.Generate(SeededRandom.From(1));

    private readonly List<Action> _interrupts = [];
    private readonly SshServer? _machine;

    private AccessScene(SshServer? machine)
    {
        _machine = machine;
        Variables = new Dictionary<string, string>
        {
            ["ORRERY_IDENTITY"] = Identity.Export(),
            ["PATH"] = Environment.GetEnvironmentVariable("PATH") ?? "",
            ["HOME"] = Folder,
        };
        if (machine is null)
            return;
        Variables["ARIES"] = machine.User.ExportPrivateKey();
        Variables["ORRERY_SSH"] = Path.Combine(Folder, "ssh.sh");
        LeadTo(api: 9);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("orrery-access-").FullName;

    public Dictionary<string, string> Variables { get; }

    public StringWriter Output { get; } = new();

    public StringWriter Error { get; } = new();

    /// <summary>Answers for the API server, where it is asked itself.</summary>
    public Func<HttpMessageHandler> Api { get; set; } = () => throw new NotSupportedException("no API server");

    public static Platform Platform { get; } = Declaration.Read([Source], profile: null).Value!;

    public Recorded State { get; private set; } = Recorded.Nothing(Platform.Id);

    private static SourceFile Source => ExampleDeclarations.Create("cosmos", [$"{Identity.Recipient}"], "x.json");

    /// <summary>Only declared; nothing was made.</summary>
    public static AccessScene Declared() => Declared(machine: null);

    /// <summary>With its keys in the repository.</summary>
    public static async Task<AccessScene> WithKeysAsync(SshServer? machine = null)
    {
        var scene = Declared(machine);
        using var files = new LocalStateFiles(Path.Combine(scene.Folder, "site"), TimeProvider.System);
        var cluster = Platform.Clusters["prod"];
        var provider = new KeysProvider(new KeysEnvironment
        {
            Time = TimeProvider.System,
            Maker = new KeyPool(1),
            Files = files,
            Guard = FreeWriter.Instance,
            Recipients = [Identity.Recipient],
            Identities = () => [Identity],
        });
        var key = KeysGraph.Of(Platform, cluster, [$"{Identity.Recipient}"])
            .First(resource => resource.Address == KeysGraph.K3sAuthorities("prod"));
        await provider.Handlers.First(handler => handler.Kind.Type == key.Type).CreateAsync(
            new CreateRequest(key.Address, "k3s", new Owner(Platform.Id, key.Address.Text, 1), key.Desired),
            OperationContext.Silent(key.Address), default);
        return scene;
    }

    /// <summary>With a machine on which its cluster runs.</summary>
    public static async Task<AccessScene> UpAsync()
    {
        var machine = await SshServer.StartAsync();
        var scene = await WithKeysAsync(machine);
        scene.Remember("machine/prepared", Value.MapOf(
            ("id", "1"), ("address", machine.Host.Address), ("user", machine.Host.User),
            ("hostKeys", Value.ListOf(machine.Host.HostKeys.Select(key => (Value)key)))));
        scene.Remember("machine/k3s", Value.MapOf(("id", "1"), ("clusterId", "u")));
        return scene;
    }

    /// <summary>What the cluster's API server is, for tunnels.</summary>
    public void LeadTo(int api)
    {
        var script = Path.Combine(Folder, "ssh.sh");
        File.WriteAllText(script, $"""
            #!/bin/sh
            for word; do
              shift
              case $word in
                22) word={_machine!.Host.Port} ;;
                127.0.0.1:6443) word=127.0.0.1:{api} ;;
              esac
              set -- "$@" "$word"
            done
            exec ssh "$@"
            """);
        UnixMode.Set(script, "0700");
    }

    public void Remember(string type, Value.Map outputs)
    {
        var address = ResourceAddress.Of("prod", type, Node);
        State = State with
        {
            Serial = 1,
            Resources = State.Resources.With(address.Text, new RecordedResource
            {
                Address = address,
                Id = "1",
                Generation = 1,
                IsOurs = true,
                Inputs = Value.Map.Empty,
                Outputs = outputs,
                Needs = [],
                Lifecycle = new Lifecycle(),
            }),
        };
        Directory.CreateDirectory(Path.Combine(Folder, "site", ".orrery"));
        var cipher = Ciphers.For(Identity, 3);
        File.WriteAllBytes(Path.Combine(Folder, "site", ".orrery", "state.json"), StateDocument.Write(State, cipher));
    }

    /// <summary>In this process; ends by itself or by <see cref="Interrupt"/>.</summary>
    public Task<int> RunAsync(params string[] words) => CommandLine.RunAsync(words, HostOf());

    /// <summary>As a process of its own, whose input and output are ours.</summary>
    public Task<ProcessResult> RunProgramAsync(string input, params string[] words) => SshServer.Runner.RunAsync(
        new ProcessRequest
        {
            Program = "dotnet",
            Arguments = [typeof(Host).Assembly.Location, .. words],
            Environment = ValueMap.From(Variables),
            Folder = Folder,
            Input = System.Text.Encoding.UTF8.GetBytes(input),
        },
        default);

    public void Interrupt() => _interrupts.ToList().ForEach(interrupt => interrupt());

    public double NextDouble() => 0.5;

    public void Fill(Span<byte> bytes) => SeededRandom.From(7)(bytes);

    public async ValueTask DisposeAsync()
    {
        if (_machine is not null)
            await _machine.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static AccessScene Declared(SshServer? machine)
    {
        var scene = new AccessScene(machine);
        Directory.CreateDirectory(Path.Combine(scene.Folder, "site"));
        File.WriteAllText(Path.Combine(scene.Folder, "site", "platform.yaml"), Source.Text);
        return scene;
    }

    private Host HostOf() => new()
    {
        Time = TimeProvider.System,
        Random = this,
        KeyRandom = SeededRandom.From(11),
        Environment = name => Variables.GetValueOrDefault(name),
        Transport = () => throw new NotSupportedException("no cloud is asked"),
        Processes = guard => new ProcessRunner(
            TimeProvider.System, name => Variables.GetValueOrDefault(name), guard),
        Wire = (_, _) => Api(),
        Keys = new KeyPool(11),
        Folder = Folder,
        Holder = () => "tester",
        Relaunch = (_, _) => throw new NotSupportedException("nothing is rehearsed"),
        OnInterrupt = action =>
        {
            _interrupts.Add(action);
            return new Subscription(() => _interrupts.Remove(action));
        },
        Screen = new Screen { In = TextReader.Null, Out = Output, Error = Error },
    };

    private sealed class Subscription(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
