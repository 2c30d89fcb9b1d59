using System.Security.Cryptography;
using System.Text;
using Orrery.Simulation.Talos.Clusters;
using Orrery.Simulation.Talos.Configuration;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Talos.Api;

/// <summary>
/// The machine API of one node for a client whose certificate says a role, after the published protocol files: see
/// https://github.com/siderolabs/talos/tree/main/api. The role is empty in maintenance mode.
/// </summary>
internal sealed class TalosApi(TalosNode node, string role)
{
    private const string Machine = "/machine.MachineService/";

    private static readonly string[] InMaintenance = ["ApplyConfiguration", "Version"];

    private TimeSpan Took => node.Park.Options.Latencies.Request;

    public WorldReply Handle(WorldRequest request)
    {
        if (request.Fault is WorldFault.ErrorBefore)
            return GrpcReplies.Of(Took, Lost()) with { Injected = true };
        try
        {
            var reply = Answer(request);
            return request.Fault is WorldFault.ErrorAfter
                ? GrpcReplies.Of(Took, Lost()) with { Injected = true }
                : reply;
        }
        catch (GrpcRefusal refusal)
        {
            return GrpcReplies.Of(Took, refusal);
        }
        catch (FormatException exception)
        {
            return GrpcReplies.Of(Took, new GrpcRefusal(GrpcRefusal.InvalidArgument, exception.Message));
        }
    }

    private WorldReply Answer(WorldRequest request)
    {
        if (request.Path == $"{Machine}EtcdRecover")
        {
            Authorize(request.Path);
            return new EtcdApi(node).Recover(GrpcReplies.ReadAll(request.Body), request.Tag);
        }

        var asked = GrpcReplies.Read(request.Body);
        Authorize(request.Path);
        return request.Path switch
        {
            $"{Machine}ApplyConfiguration" => Apply(asked, request.Tag),
            $"{Machine}Version" => Of(Version()),
            $"{Machine}Bootstrap" => Bootstrap(asked, request.Tag),
            $"{Machine}Kubeconfig" => Kubeconfig(),
            $"{Machine}ServiceList" => Of(TalosServices.Of(node)),
            $"{Machine}Logs" => Logs(asked),
            $"{Machine}Reboot" => Then(() => node.Reboot(), new ProtoWriter()),
            $"{Machine}Shutdown" => Then(() => node.ShutDown(request.Tag), new ProtoWriter()),
            $"{Machine}Reset" => Reset(asked, request.Tag),
            $"{Machine}Rollback" => RollBack(),
            $"{Machine}ImagePull" => Pull(asked.Text(2)),
            $"{Machine}Upgrade" => Upgrade(asked.Text(1), request.Tag),
            "/machine.ImageService/Pull" => Since(13, () => Pull(asked.Text(3), isStream: true)),
            "/machine.LifecycleService/Upgrade" =>
                Since(13, () => InstallBeside(asked.Message(2).Text(1), request.Tag)),
            _ when request.Path.StartsWith($"{Machine}Etcd", StringComparison.Ordinal) =>
                new EtcdApi(node).Handle(request.Path[Machine.Length..], asked),
            _ when request.Path.StartsWith(ResourceApi.Service, StringComparison.Ordinal) =>
                new ResourceApi(node).Handle(request.Path[ResourceApi.Service.Length..], asked, request.Tag),
            _ => throw new GrpcRefusal(GrpcRefusal.Unimplemented, $"unknown method {request.Path}"),
        };
    }

    // https://www.talos.dev/latest/talos-guides/configuration/rbac
    private void Authorize(string path)
    {
        var method = path[(path.LastIndexOf('/') + 1)..];
        if (node.Settings is null)
        {
            if (!InMaintenance.Contains(method) && !path.StartsWith(ResourceApi.Service, StringComparison.Ordinal))
                throw new GrpcRefusal(GrpcRefusal.Unimplemented, "API is not implemented in maintenance mode");
            return;
        }

        var mayRead = role is "os:reader" or "os:operator"
            && method is "Version" or "ServiceList" or "Logs" or "Get" or "List" or "EtcdMemberList" or "EtcdStatus";
        if (role != "os:admin" && !mayRead)
            throw new GrpcRefusal(GrpcRefusal.PermissionDenied, "not authorized");
    }

    private WorldReply Apply(ProtoMessage asked, string? tag)
    {
        const ulong Reboots = 0, Auto = 1, NoReboot = 2, Staged = 3, Tried = 4;
        var text = Encoding.UTF8.GetString(asked.Bytes(1).Span);
        if (MachineDocuments.Problem(text, node.Image!.Minor) is { } problem)
            throw new GrpcRefusal(GrpcRefusal.InvalidArgument, $"configuration validation failed: {problem}");
        var (mode, isDryRun) = (asked.Number(4), asked.Flag(5));
        if (node.Settings is null)
        {
            if (!isDryRun)
                node.Configure(text, tag);
            return isDryRun
                ? Applied(Auto, "Dry run summary:")
                : Applied(Reboots, "Applied configuration with a reboot");
        }

        if (mode == Staged)
        {
            if (!isDryRun && node.Installation is { } installed)
                installed.Staged = text;
            return Applied(Staged, "Staged configuration to be applied after the next reboot");
        }

        if (isDryRun)
        {
            var isSame = node.Installation?.Configuration == text;
            return Applied(Auto, "Dry run summary:\n" + (isSame ? "No changes." : "Config diff:\n\n(simulated)"));
        }

        if (mode == Tried)
            return Try(text, asked.Message(6).Number(1));
        node.WorksFor(tag);
        if (mode != Reboots && node.Adopt(text))
        {
            node.Look();
            return Applied(NoReboot, "Applied configuration without a reboot");
        }

        if (mode == NoReboot)
        {
            throw new GrpcRefusal(
                GrpcRefusal.InvalidArgument, "this config change can't be applied in immediate mode");
        }

        if (node.Installation is { } state)
            state.Configuration = text;
        node.Reboot();
        return Applied(Reboots, "Applied configuration with a reboot");
    }

    // https://www.talos.dev/latest/talos-guides/configuration/editing-machine-configuration: a minute by default.
    private WorldReply Try(string text, ulong seconds)
    {
        const ulong Tried = 4;
        var before = node.Settings!.Text;
        if (!node.Adopt(text, isForGood: false))
        {
            throw new GrpcRefusal(
                GrpcRefusal.InvalidArgument, "this config change can't be applied in immediate mode");
        }

        node.After(TimeSpan.FromSeconds(seconds > 0 ? seconds : 60), () =>
        {
            if (node.Settings?.Text == text && node.Installation?.Configuration != text)
                node.Adopt(before, isForGood: false);
        });
        return Applied(Tried, "Applied configuration in try mode");
    }

    private WorldReply Applied(ulong mode, string details) =>
        Of(new ProtoWriter().Add(1, new ProtoWriter().Add(3, mode).Add(4, details)));

    private ProtoWriter Version()
    {
        var platform = node.Image!.Platform;
        return new ProtoWriter().Add(1, new ProtoWriter()
            .Add(2, new ProtoWriter().Add(1, node.Image.Version).Add(5, "linux").Add(6, "amd64"))
            .Add(3, new ProtoWriter().Add(1, platform).Add(2, platform == "metal" ? "metal" : "cloud")));
    }

    private WorldReply Bootstrap(ProtoMessage asked, string? tag)
    {
        if (!node.Settings!.IsControlPlane)
        {
            throw new GrpcRefusal(
                GrpcRefusal.FailedPrecondition, "bootstrap can only be performed on a control plane node");
        }

        if (node.Installation?.Etcd is not null || node.Cluster is { IsBegun: true })
            throw new GrpcRefusal(GrpcRefusal.AlreadyExists, "etcd data directory is not empty");
        if (!node.AwaitsEtcd)
        {
            node.AsksForEtcd(tag);
            throw new GrpcRefusal(GrpcRefusal.FailedPrecondition, "bootstrap is not available yet");
        }

        node.BootstrapEtcd(tag, recovers: asked.Flag(1), skipsHash: asked.Flag(2));
        return Of(new ProtoWriter().Add(1, new ProtoWriter()));
    }

    private WorldReply Kubeconfig()
    {
        if (node.Settings is not { IsControlPlane: true } settings)
            throw new GrpcRefusal(GrpcRefusal.Unimplemented, "kubeconfig is only available on control plane nodes");
        try
        {
            var text = AdministratorAccess.Kubeconfig(settings, node.Park.Options.Epoch + node.Park.Agenda.Now);
            return Of(new ProtoWriter().Add(2, text));
        }
        catch (CryptographicException exception)
        {
            throw new GrpcRefusal(GrpcRefusal.Unknown, $"failed to generate kubeconfig: {exception.Message}");
        }
    }

    private WorldReply Logs(ProtoMessage asked)
    {
        if (TalosServices.LogOf(node, asked.Text(2)) is not { } lines)
            throw new GrpcRefusal(GrpcRefusal.NotFound, $"log \"{asked.Text(2)}\" was not registered");
        var last = (int)(long)asked.Number(5);
        var shown = last < 0 ? lines : lines.TakeLast(last);
        return GrpcReplies.Of(Took, shown.Select(line => new ProtoWriter().Add(2, line + "\n").ToArray()));
    }

    private WorldReply Reset(ProtoMessage asked, string? tag)
    {
        var isGraceful = asked.Flag(1);
        if (isGraceful && node.Installation?.Etcd is { } data
            && (!data.Cluster.HasQuorum || data.Cluster.Members.Count == 1))
        {
            throw new GrpcRefusal(GrpcRefusal.FailedPrecondition, data.Cluster.HasQuorum
                ? "etcd member is the last one in the cluster, please use non-graceful reset"
                : "etcd cluster has no quorum");
        }

        var partitions = asked.Messages(3).Where(each => each.Flag(2)).Select(each => each.Text(1)).ToList();
        return Then(() => node.Reset(partitions, isGraceful, asked.Flag(2), tag), new ProtoWriter());
    }

    private WorldReply RollBack() => node.RollBack()
        ? Then(() => node.Reboot(), new ProtoWriter())
        : throw new GrpcRefusal(GrpcRefusal.FailedPrecondition, "no previous installation to roll back to");

    private WorldReply Pull(string reference, bool isStream = false)
    {
        if (node.Park.Installer(reference, node.Image!.Platform) is null)
            throw new GrpcRefusal(GrpcRefusal.NotFound, $"failed to pull image \"{reference}\": not found");
        if (!isStream)
            return Of(new ProtoWriter()) with { ServiceTime = node.Park.Options.Latencies.InstallerPull };
        var stream = new GrpcStream();
        node.After(node.Park.Options.Latencies.InstallerPull, () =>
            stream.Send(new ProtoWriter().Add(1, reference).ToArray(), isLast: true));
        return GrpcReplies.Going(Took, stream);
    }

    private WorldReply Upgrade(string reference, string? tag)
    {
        if (node.Image!.Minor >= 18)
            throw new GrpcRefusal(GrpcRefusal.Unimplemented, "unknown method Upgrade");
        if (node.Park.Installer(reference, node.Image.Platform) is not { } image)
            throw new GrpcRefusal(GrpcRefusal.NotFound, $"failed to pull image \"{reference}\": not found");
        node.WorksFor(tag);
        node.BeginUpgrade();
        return Then(() => node.After(node.Park.Options.Latencies.Install, () =>
        {
            // What its installer refuses leaves the machine as it was, after a reboot.
            node.Upgrade(image);
            node.Reboot(TalosStage.Upgrading);
        }), new ProtoWriter().Add(1, new ProtoWriter().Add(2, "Upgrade request received")));
    }

    private WorldReply InstallBeside(string reference, string? tag)
    {
        if (node.Park.Installer(reference, node.Image!.Platform) is not { } image)
            throw new GrpcRefusal(GrpcRefusal.NotFound, $"image \"{reference}\" not found");
        node.WorksFor(tag);
        var stream = new GrpcStream();
        stream.Send(Progress(new ProtoWriter().Add(1, "installing Talos " + image.Version)));
        node.After(node.Park.Options.Latencies.Install, () =>
        {
            var isDone = node.Upgrade(image);
            stream.Send(Progress(new ProtoWriter().Add(1, isDone ? "done" : "Kubernetes is not supported")));
            // A oneof of zero is said all the same.
            stream.Send([0x0a, 0x02, 0x10, isDone ? (byte)0 : (byte)1], isLast: true);
        });
        return GrpcReplies.Going(Took, stream);
    }

    private static byte[] Progress(ProtoWriter progress) => new ProtoWriter().Add(1, progress).ToArray();

    private WorldReply Since(int minor, Func<WorldReply> answer) => node.Image!.Minor >= minor
        ? answer()
        : throw new GrpcRefusal(GrpcRefusal.Unimplemented, "unknown service");

    private WorldReply Then(Action happening, ProtoWriter reply)
    {
        happening();
        return Of(reply);
    }

    private static GrpcRefusal Lost() =>
        new(GrpcRefusal.Unavailable, "connection error: desc = \"transport: error while dialing\"");

    private WorldReply Of(ProtoWriter message) => GrpcReplies.Of(Took, message.ToArray());
}
