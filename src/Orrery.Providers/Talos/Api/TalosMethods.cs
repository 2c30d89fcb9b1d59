using Google.Protobuf;
using Orrery.Providers.Grpc;
using Orrery.Providers.Talos.Api.Wire;

namespace Orrery.Providers.Talos.Api;

/// <summary>The methods of a machine's services that are called, and how each may be called.</summary>
internal static class TalosMethods
{
    private const string Machine = "/machine.MachineService/";
    private const string LifecycleUpgradePath = "/machine.LifecycleService/Upgrade";

    // An installer has 100 to 200 MB, and a home's line may be slow.
    private static readonly TimeSpan PullMax = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan TransferMax = TimeSpan.FromMinutes(10);

    // A home's line upwards; whoever waits for an answer that is lost waits no longer than such a line takes.
    private const double UploadBytesPerSecond = 128 << 10;
    private static readonly TimeSpan AnswerMax = TimeSpan.FromSeconds(30);

    public static GrpcMethod<VersionResponse> Version { get; } = Reads($"{Machine}Version", VersionResponse.Parser);

    public static GrpcMethod<ServiceListResponse> ServiceList { get; } =
        Reads($"{Machine}ServiceList", ServiceListResponse.Parser);

    public static GrpcMethod<EtcdMemberListResponse> EtcdMemberList { get; } =
        Reads($"{Machine}EtcdMemberList", EtcdMemberListResponse.Parser);

    public static GrpcMethod<EtcdStatusResponse> EtcdStatus { get; } =
        Reads($"{Machine}EtcdStatus", EtcdStatusResponse.Parser);

    public static GrpcMethod<GetResponse> Get { get; } = Reads("/cosi.resource.State/Get", GetResponse.Parser);

    public static GrpcMethod<ListResponse> List { get; } = Reads("/cosi.resource.State/List", ListResponse.Parser);

    public static GrpcMethod<Data> Kubeconfig { get; } = Reads($"{Machine}Kubeconfig", Data.Parser);

    public static GrpcMethod<Data> Logs { get; } =
        Reads($"{Machine}Logs", Data.Parser) with { Deadline = TransferMax };

    public static GrpcMethod<Data> EtcdSnapshot { get; } =
        Reads($"{Machine}EtcdSnapshot", Data.Parser) with { Deadline = TransferMax };

    // Images that are there already are not an effect that anybody sees.
    public static GrpcMethod<Empty> ImagePull { get; } =
        Reads($"{Machine}ImagePull", Empty.Parser) with { Deadline = PullMax };

    public static GrpcMethod<ImageServicePullResponse> Pull { get; } =
        Reads("/machine.ImageService/Pull", ImageServicePullResponse.Parser) with { Deadline = PullMax };

    public static GrpcMethod<ApplyConfigurationResponse> ApplyConfiguration { get; } =
        Changes($"{Machine}ApplyConfiguration", ApplyConfigurationResponse.Parser);

    public static GrpcMethod<Empty> Bootstrap { get; } = Changes($"{Machine}Bootstrap", Empty.Parser);

    // What lies there changes nothing until etcd begins with it, and what lay there before is written over: EtcdRecover
    // of internal/app/machined in Talos' source. So it may take longer than a lease.
    public static GrpcMethod<Empty> EtcdRecover(int bytes)
    {
        var deadline = AnswerMax + TimeSpan.FromSeconds(bytes / UploadBytesPerSecond);
        return Reads($"{Machine}EtcdRecover", Empty.Parser) with
        {
            Deadline = deadline < TransferMax ? deadline : TransferMax,
        };
    }

    public static GrpcMethod<Empty> EtcdRemoveMemberById { get; } =
        Changes($"{Machine}EtcdRemoveMemberByID", Empty.Parser);

    public static GrpcMethod<Empty> EtcdForfeitLeadership { get; } =
        Changes($"{Machine}EtcdForfeitLeadership", Empty.Parser) with { IsIdempotent = true };

    public static GrpcMethod<Empty> Reboot { get; } = Changes($"{Machine}Reboot", Empty.Parser);

    public static GrpcMethod<Empty> Shutdown { get; } = Changes($"{Machine}Shutdown", Empty.Parser);

    public static GrpcMethod<Empty> Reset { get; } = Changes($"{Machine}Reset", Empty.Parser);

    /// <summary>Until Talos 1.12: installs and reboots by itself.</summary>
    public static GrpcMethod<Empty> Upgrade { get; } = Changes($"{Machine}Upgrade", Empty.Parser);

    /// <summary>From Talos 1.13 on: installs beside what runs; the next boot starts it.</summary>
    public static GrpcMethod<LifecycleServiceUpgradeResponse> LifecycleUpgrade { get; } =
        Changes(LifecycleUpgradePath, LifecycleServiceUpgradeResponse.Parser) with { Deadline = TransferMax };

    private static GrpcMethod<TReply> Reads<TReply>(string path, MessageParser<TReply> replies)
        where TReply : IMessage<TReply> => new(path, replies);

    private static GrpcMethod<TReply> Changes<TReply>(string path, MessageParser<TReply> replies)
        where TReply : IMessage<TReply> => new(path, replies) { Changes = true };
}
