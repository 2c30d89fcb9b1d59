using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orrery.Providers.Proxmox.Wire;

/// <summary>
/// Everything that comes over the wire from Proxmox VE: only the fields that we use. Perl writes a number now and then
/// as a text.
/// </summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.KebabCaseLower,
    NumberHandling = JsonNumberHandling.AllowReadingFromString,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(FailureReply))]
[JsonSerializable(typeof(Envelope<string>))]
[JsonSerializable(typeof(Envelope<List<TaskEntry>>))]
[JsonSerializable(typeof(Envelope<TaskStatus>))]
[JsonSerializable(typeof(Envelope<List<LogLine>>))]
[JsonSerializable(typeof(Envelope<List<GuestEntry>>))]
[JsonSerializable(typeof(Envelope<GuestStatus>))]
[JsonSerializable(typeof(Envelope<NodeStatus>))]
[JsonSerializable(typeof(Envelope<List<NodeEntry>>))]
[JsonSerializable(typeof(Envelope<ConsoleProxy>))]
[JsonSerializable(typeof(Envelope<List<StorageEntry>>))]
[JsonSerializable(typeof(Envelope<List<VolumeEntry>>))]
[JsonSerializable(typeof(List<TokenEntry>))]
[JsonSerializable(typeof(MadeToken))]
[JsonSerializable(typeof(Envelope<Dictionary<string, JsonElement>>))]
internal sealed partial class ProxmoxJson : JsonSerializerContext;
