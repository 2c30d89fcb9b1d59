using System.Text.Json.Serialization;

namespace Orrery.Providers.Vault.Wire;

/// <summary>Everything that goes over the wire to Vault or comes from it: only the fields that we use.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FailureReply))]
[JsonSerializable(typeof(SecretReply))]
[JsonSerializable(typeof(WriteRequest))]
[JsonSerializable(typeof(WriteReply))]
[JsonSerializable(typeof(ListReply))]
[JsonSerializable(typeof(MetadataRequest))]
[JsonSerializable(typeof(MetadataReply))]
[JsonSerializable(typeof(VersionsRequest))]
[JsonSerializable(typeof(LoginRequest))]
[JsonSerializable(typeof(LoginReply))]
[JsonSerializable(typeof(HealthReply))]
[JsonSerializable(typeof(MountRequest))]
[JsonSerializable(typeof(MountsReply))]
[JsonSerializable(typeof(PolicyRequest))]
[JsonSerializable(typeof(PolicyReply))]
[JsonSerializable(typeof(KubernetesConfigRequest))]
[JsonSerializable(typeof(RoleRequest))]
[JsonSerializable(typeof(RoleReply))]
internal sealed partial class VaultJson : JsonSerializerContext;
