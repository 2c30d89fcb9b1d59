using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Grpc;
using Orrery.Providers.Talos.Api.Wire;
using Empty = Orrery.Providers.Talos.Api.Wire.Empty;

namespace Orrery.Providers.Talos.Api;

/// <summary>
/// A client of one node's machine API. Each node is talked to itself; none forwards. Every refusal is a
/// <see cref="ProviderException"/>; what may have happened and must not happen twice is not repeated.
/// </summary>
public sealed class TalosClient
{
    /// <summary>From this minor version of Talos 1 on, an upgrade is a service of its own.</summary>
    private const int LifecycleMinor = 13;

    /// <summary>A server of gRPC in Go takes messages of 4 MiB at most, if nobody says otherwise.</summary>
    private const int RecoverPiece = 64 * 1024;

    private readonly GrpcChannel _channel;
    private readonly OperationContext? _operation;

    private TalosClient(GrpcChannel channel, OperationContext? operation) =>
        (_channel, _operation) = (channel, operation);

    /// <summary>Sends nothing yet.</summary>
    /// <param name="operation">On whose behalf; null where people ask.</param>
    /// <param name="asksOnce">Whoever asks goes on asking by himself: a refusal is told at once.</param>
    public static TalosClient Create(
        ProviderEnvironment environment, IConnector connector, TalosAccess access, OperationContext? operation,
        bool asksOnce = false) => new(
            GrpcChannel.Create(
                environment, connector.Open(access.ToConnection()),
                new GrpcTarget(access.Server, "talos", $"the Talos node {access.Address}") { AsksOnce = asksOnce }),
            operation);

    public async Task<TalosVersion> VersionAsync(CancellationToken cancellation)
    {
        var reply = await _channel.CallAsync(TalosMethods.Version, new Empty(), _operation, cancellation);
        var version = reply.Messages.FirstOrDefault();
        return new TalosVersion(
            version?.Version_?.Tag ?? "", version?.Version_?.Arch ?? "", version?.Platform?.Name ?? "");
    }

    /// <summary>In which stage it is. Answered in maintenance mode too, by versions that know it.</summary>
    public async Task<MachineCondition> ConditionAsync(CancellationToken cancellation)
    {
        var request = new GetRequest
        {
            Namespace = "runtime",
            Type = "MachineStatuses.runtime.talos.dev",
            Id = "machine",
        };
        var reply = await _channel.CallAsync(TalosMethods.Get, request, _operation, cancellation);
        var status = MachineStatusSpec.Parser.ParseFrom(reply.Resource?.Spec?.ProtoSpec ?? ByteString.Empty);
        var stage = (MachineStage)(int)status.Stage;
        return new MachineCondition(
            System.Enum.IsDefined(stage) ? stage : MachineStage.Unknown,
            status.Status?.Ready ?? false,
            [.. (status.Status?.UnmetConditions ?? []).Select(unmet => $"{unmet.Name}: {unmet.Reason}")]);
    }

    /// <summary>
    /// The machines that it knows through KubeSpan; none where that is off. One that is gone stays for half an hour.
    /// </summary>
    public async Task<ValueList<KubeSpanPeer>> KubeSpanPeersAsync(CancellationToken cancellation)
    {
        // pkg/machinery/resources/kubespan/peer_status.go in Talos' source.
        var request = new ListRequest { Namespace = "kubespan", Type = "KubeSpanPeerStatuses.kubespan.talos.dev" };
        var peers = new List<KubeSpanPeer>();
        await foreach (var reply in _channel.StreamAsync(TalosMethods.List, request, _operation, cancellation))
        {
            var peer = PeerStatusSpec.Parser.ParseFrom(reply.Resource?.Spec?.ProtoSpec ?? ByteString.Empty);
            var state = (KubeSpanState)(int)peer.State;
            peers.Add(new KubeSpanPeer(
                peer.Label, System.Enum.IsDefined(state) ? state : KubeSpanState.Unknown, EndpointOf(peer)));
        }

        return peers.ToValueList();
    }

    public async Task<ValueList<TalosService>> ServicesAsync(CancellationToken cancellation)
    {
        var reply = await _channel.CallAsync(TalosMethods.ServiceList, new Empty(), _operation, cancellation);
        return
        [
            .. reply.Messages.SelectMany(message => message.Services).Select(service => new TalosService(
                service.Id, service.State,
                service.Health is { Unknown: false } health ? health.Healthy : null,
                service.Health?.LastMessage ?? "")),
        ];
    }

    /// <summary>
    /// Gives the machine a configuration. In maintenance mode it then installs itself and boots into it; the same
    /// configuration once more changes nothing.
    /// </summary>
    /// <param name="configuration">All documents as YAML. Secret.</param>
    /// <param name="tryFor">
    /// After which it is taken back, for <see cref="ApplyMode.Try"/>; null for its default.
    /// </param>
    public async Task<AppliedConfiguration> ApplyAsync(
        string configuration, ApplyMode mode, bool isDryRun, TimeSpan? tryFor, CancellationToken cancellation)
    {
        var request = new ApplyConfigurationRequest
        {
            Data = ByteString.CopyFromUtf8(configuration),
            Mode = mode switch
            {
                ApplyMode.Auto => ApplyConfigurationRequest.Types.Mode.Auto,
                ApplyMode.NoReboot => ApplyConfigurationRequest.Types.Mode.NoReboot,
                ApplyMode.Staged => ApplyConfigurationRequest.Types.Mode.Staged,
                _ => ApplyConfigurationRequest.Types.Mode.Try,
            },
            DryRun = isDryRun,
            TryModeTimeout = tryFor is { } limit ? Duration.FromTimeSpan(limit) : null,
        };
        var method = TalosMethods.ApplyConfiguration with { Changes = !isDryRun };
        var reply = await _channel.CallAsync(method, request, _operation, cancellation);
        var applied = reply.Messages.FirstOrDefault() ?? new ApplyConfiguration();
        var how = applied.Mode switch
        {
            ApplyConfigurationRequest.Types.Mode.NoReboot => "NO_REBOOT",
            var other => other.ToString().ToUpperInvariant(),
        };
        return new AppliedConfiguration(how, applied.ModeDetails, [.. applied.Warnings]);
    }

    /// <summary>
    /// Begins etcd on this node, and with it the cluster: once, on one control plane. Throws
    /// <see cref="ProviderErrorCode.Conflict"/> where etcd has begun, and
    /// <see cref="ProviderErrorCode.ActionFailed"/> where the node is not that far yet.
    /// </summary>
    /// <param name="recovers">With what <see cref="EtcdRecoverAsync"/> has brought, instead of nothing.</param>
    public Task BootstrapAsync(bool recovers, CancellationToken cancellation) => _channel.CallAsync(
        TalosMethods.Bootstrap, new BootstrapRequest { RecoverEtcd = recovers }, _operation, cancellation);

    /// <summary>
    /// Brings a snapshot with which etcd can begin on this node; one that was brought before is written over. Throws
    /// <see cref="ProviderErrorCode.ActionFailed"/> where the node is not that far yet.
    /// </summary>
    public Task EtcdRecoverAsync(ReadOnlyMemory<byte> snapshot, CancellationToken cancellation) => _channel.CallAsync(
        TalosMethods.EtcdRecover(snapshot.Length),
        Enumerable.Range(0, (snapshot.Length + RecoverPiece - 1) / RecoverPiece)
            .Select(piece => snapshot[(piece * RecoverPiece)..Math.Min((piece + 1) * RecoverPiece, snapshot.Length)])
            .Select(piece => new Data { Bytes = UnsafeByteOperations.UnsafeWrap(piece) }),
        _operation, cancellation);

    /// <summary>An administrator's kubeconfig, made anew each time. Secret.</summary>
    public async Task<string> KubeconfigAsync(CancellationToken cancellation)
    {
        using var content = new MemoryStream();
        await foreach (var piece in _channel.StreamAsync(
            TalosMethods.Kubeconfig, new Empty(), _operation, cancellation))
        {
            content.Write(piece.Bytes.Span);
        }

        return Encoding.UTF8.GetString(content.GetBuffer().AsSpan(0, (int)content.Length));
    }

    /// <summary>The members that the node's etcd knows of.</summary>
    public async Task<ValueList<EtcdMemberInfo>> EtcdMembersAsync(CancellationToken cancellation)
    {
        var reply = await _channel.CallAsync(
            TalosMethods.EtcdMemberList, new EtcdMemberListRequest(), _operation, cancellation);
        return
        [
            .. reply.Messages.SelectMany(message => message.Members).Select(member => new EtcdMemberInfo(
                member.Id, member.Hostname, [.. member.PeerUrls], member.IsLearner)),
        ];
    }

    public async Task<EtcdHealth> EtcdStatusAsync(CancellationToken cancellation)
    {
        var reply = await _channel.CallAsync(TalosMethods.EtcdStatus, new Empty(), _operation, cancellation);
        var status = reply.Messages.FirstOrDefault()?.MemberStatus ?? new EtcdMemberStatus();
        return new EtcdHealth(
            status.MemberId, status.Leader, status.DbSize, status.IsLearner, [.. status.Errors]);
    }

    /// <summary>Takes a member out whose node is gone; one that is out already is <c>NotFound</c>.</summary>
    public Task RemoveEtcdMemberAsync(ulong memberId, CancellationToken cancellation) => _channel.CallAsync(
        TalosMethods.EtcdRemoveMemberById, new EtcdRemoveMemberByIDRequest { MemberId = memberId }, _operation,
        cancellation);

    public Task ForfeitEtcdLeadershipAsync(CancellationToken cancellation) =>
        _channel.CallAsync(TalosMethods.EtcdForfeitLeadership, new Empty(), _operation, cancellation);

    /// <summary>
    /// Writes a snapshot of etcd, which holds all of the cluster's secrets. Gives its length in bytes.
    /// </summary>
    public async Task<long> EtcdSnapshotAsync(Stream destination, CancellationToken cancellation)
    {
        var length = 0L;
        await foreach (var piece in _channel.StreamAsync(
            TalosMethods.EtcdSnapshot, new Empty(), _operation, cancellation))
        {
            await destination.WriteAsync(piece.Bytes.Memory, cancellation);
            length += piece.Bytes.Length;
        }

        return length;
    }

    /// <summary>The log of a service, in pieces as they come.</summary>
    /// <param name="lastLines">How many of the last lines; negative for all.</param>
    /// <param name="follows">Goes on until it is cancelled.</param>
    public async IAsyncEnumerable<string> LogsAsync(
        string service, int lastLines, bool follows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var request = new LogsRequest
        {
            Namespace = "system",
            Id = service,
            Follow = follows,
            TailLines = lastLines,
        };
        await foreach (var piece in _channel.StreamAsync(TalosMethods.Logs, request, _operation, cancellation))
            yield return piece.Bytes.ToStringUtf8();
    }

    public Task RebootAsync(CancellationToken cancellation) =>
        _channel.CallAsync(TalosMethods.Reboot, new RebootRequest(), _operation, cancellation);

    /// <summary>Goes off, after it has been drained by itself, or at once.</summary>
    public Task ShutdownAsync(bool isForced, CancellationToken cancellation) => _channel.CallAsync(
        TalosMethods.Shutdown, new ShutdownRequest { Force = isForced }, _operation, cancellation);

    /// <summary>Returns when it has begun.</summary>
    public Task ResetAsync(ResetOrder order, CancellationToken cancellation)
    {
        var request = new ResetRequest
        {
            Graceful = order.IsGraceful,
            Reboot = order.Reboots,
            Mode = ResetRequest.Types.WipeMode.SystemDisk,
        };
        request.SystemPartitionsToWipe.AddRange(
            order.Partitions.Select(label => new ResetPartitionSpec { Label = label, Wipe = true }));
        return _channel.CallAsync(TalosMethods.Reset, request, _operation, cancellation);
    }

    /// <summary>
    /// Installs another version beside the one that runs, and boots into it; where that fails, the node comes back with
    /// the old one. Returns when it has begun to reboot.
    /// </summary>
    /// <param name="installer">For example <c>factory.talos.dev/installer/…:v1.12.5</c>.</param>
    public async Task UpgradeAsync(string installer, CancellationToken cancellation)
    {
        if ((await VersionAsync(cancellation)).Minor < LifecycleMinor)
        {
            // Pulled beforehand: the request that changes things is then short.
            var pull = new ImagePullRequest { Namespace = ContainerdNamespace.NsSystem, Reference = installer };
            await _channel.CallAsync(TalosMethods.ImagePull, pull, _operation, cancellation);
            var request = new UpgradeRequest { Image = installer, Preserve = true };
            await _channel.CallAsync(TalosMethods.Upgrade, request, _operation, cancellation);
            return;
        }

        var containerd = new ContainerdInstance
        {
            Driver = ContainerDriver.Containerd,
            Namespace = ContainerdNamespace.NsSystem,
        };
        var image = "";
        var pulled = _channel.StreamAsync(
            TalosMethods.Pull,
            new ImageServicePullRequest { Containerd = containerd, ImageRef = installer }, _operation, cancellation);
        await foreach (var reply in pulled)
            image = reply.Name.Length > 0 ? reply.Name : image;
        await InstallBesideAsync(containerd, image.Length > 0 ? image : installer, cancellation);
        await RebootAsync(cancellation);
    }

    private static string EndpointOf(PeerStatusSpec peer) => peer.Endpoint is { Ip.Length: 4 or 16 } endpoint
        ? new IPEndPoint(new IPAddress(endpoint.Ip.Span), endpoint.Port).ToString()
        : "";

    private async Task InstallBesideAsync(
        ContainerdInstance containerd, string image, CancellationToken cancellation)
    {
        var request = new LifecycleServiceUpgradeRequest
        {
            Containerd = containerd,
            Source = new InstallArtifactsSource { ImageName = image },
        };
        var (said, exitCode) = ("", (int?)null);
        await foreach (var reply in _channel.StreamAsync(
            TalosMethods.LifecycleUpgrade, request, _operation, cancellation))
        {
            if (reply.Progress is not { } progress)
                continue;
            if (progress.ResponseCase == LifecycleServiceInstallProgress.ResponseOneofCase.ExitCode)
                exitCode = progress.ExitCode;
            else
                said = progress.Message;
            _operation?.Waiting(new WaitState("installing beside what runs", said));
        }

        if (exitCode != 0)
        {
            throw new ProviderException(
                ProviderErrorCode.ActionFailed,
                $"the installer ended with {exitCode?.ToString(System.Globalization.CultureInfo.InvariantCulture)
                    ?? "no exit code"}; it said: {said}");
        }
    }
}
