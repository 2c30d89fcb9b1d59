using System.Text.Json.Serialization;

namespace Orrery.Providers.Hetzner.Wire;

/// <summary>
/// Everything that goes over the wire to Hetzner or comes from it: only the fields that we use, and a reply that lacks
/// one of them is no reply.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FailureReply))]
[JsonSerializable(typeof(ActionReply))]
[JsonSerializable(typeof(ActionList))]
[JsonSerializable(typeof(SshKeyReply))]
[JsonSerializable(typeof(SshKeyPage))]
[JsonSerializable(typeof(SshKeyCreate))]
[JsonSerializable(typeof(FirewallReply))]
[JsonSerializable(typeof(FirewallPage))]
[JsonSerializable(typeof(FirewallCreate))]
[JsonSerializable(typeof(FirewallSetRules))]
[JsonSerializable(typeof(FirewallApply))]
[JsonSerializable(typeof(FirewallRemove))]
[JsonSerializable(typeof(VolumeReply))]
[JsonSerializable(typeof(VolumePage))]
[JsonSerializable(typeof(VolumeCreate))]
[JsonSerializable(typeof(VolumeAttach))]
[JsonSerializable(typeof(VolumeResize))]
[JsonSerializable(typeof(ChangeProtection))]
[JsonSerializable(typeof(LabelsUpdate))]
[JsonSerializable(typeof(PrimaryIpReply))]
[JsonSerializable(typeof(PrimaryIpPage))]
[JsonSerializable(typeof(PrimaryIpCreate))]
[JsonSerializable(typeof(FloatingIpReply))]
[JsonSerializable(typeof(FloatingIpPage))]
[JsonSerializable(typeof(FloatingIpCreate))]
[JsonSerializable(typeof(FloatingIpAssign))]
[JsonSerializable(typeof(ServerReply))]
[JsonSerializable(typeof(ServerPage))]
[JsonSerializable(typeof(ServerCreate))]
[JsonSerializable(typeof(LocationPage))]
[JsonSerializable(typeof(ServerTypePage))]
[JsonSerializable(typeof(ImagePage))]
[JsonSerializable(typeof(PricingReply))]
internal sealed partial class HetznerJson : JsonSerializerContext;
