using System.Text.Json.Serialization;

namespace Orrery.Providers.ImageFactory.Wire;

/// <summary>Everything that comes over the wire from the Image Factory: only the fields that we use.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(SchematicCreated))]
[JsonSerializable(typeof(ExtensionSchema[]))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class FactoryJson : JsonSerializerContext;

/// <summary>A schematic as it is registered.</summary>
/// <param name="Schematic">Its canonical form; factories before 1.4 do not say it.</param>
internal sealed record SchematicCreated(string Id, string? Schematic = null);

/// <summary>An official extension of one release.</summary>
internal sealed record ExtensionSchema(string Name);
