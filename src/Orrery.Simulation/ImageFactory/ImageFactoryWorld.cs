using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Model.Values;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.ImageFactory;

/// <summary>
/// The Image Factory behind the wire, community edition, after its published reference:
/// https://github.com/siderolabs/image-factory/blob/main/docs/api.md. It serves no image of a schematic that nobody
/// registered, and builds none with an extension that it does not have.
/// </summary>
public sealed partial class ImageFactoryWorld(ImageFactoryWorldOptions options) : IWorld
{
    public const string Host = "factory.talos.dev";

    // "Some core handlers currently wrap malformed semantic versions as unclassified errors."
    private const string Unclassified = "internal server error";

    private readonly SortedDictionary<string, StoredSchematic> _schematics = new(StringComparer.Ordinal);
    private readonly HashSet<string> _built = new(StringComparer.Ordinal);
    private readonly List<ServiceRecord> _service = [];

    public string Name => "image-factory";

    public ImageFactoryWorldOptions Options => options;

    public IReadOnlyList<ServiceRecord> Service => _service;

    /// <summary>The ids of all that was registered, sorted; for checkers.</summary>
    public IReadOnlyList<string> Schematics => [.. _schematics.Keys];

    public WorldReply Handle(WorldRequest request, TimeSpan now)
    {
        var (reply, took) = request.Fault switch
        {
            WorldFault.ErrorBefore => (Plain(500, Unclassified), options.Read),
            WorldFault.RateLimited => (Plain(429, "too many requests"), options.Read),
            _ => Answer(request),
        };
        var isLate = request.Fault == WorldFault.ErrorAfter && request.Method == "POST";
        if (isLate)
            reply = Plain(500, Unclassified);
        _service.Add(new ServiceRecord(request.Tag, $"{request.Method} {Shown(request.Path)}", now, now + took));
        return new WorldReply
        {
            Status = reply.Status,
            Headers = ValueMap.Of(("content-type", reply.Type), ("server", "Image Factory")),
            Body = request.Method == "HEAD" ? default : reply.Body,
            ServiceTime = took,
            Injected = isLate || request.Fault is WorldFault.ErrorBefore or WorldFault.RateLimited,
        };
    }

    /// <summary>
    /// What a machine gets that pulls an installer, such as <c>factory.talos.dev/metal-installer/3765…:v1.12.4</c>;
    /// null where the registry has no such image.
    /// </summary>
    public FactoryAsset? Pull(string image)
    {
        var found = InstallerName().Match(image);
        if (!found.Success)
            return null;
        var file = $"{(found.Groups["platform"].Success ? found.Groups["platform"].Value : "metal")}-installer"
            + found.Groups["secure"].Value;
        return Build(found.Groups["schematic"].Value, found.Groups["version"].Value, file).Asset;
    }

    private (Reply Reply, TimeSpan Took) Answer(WorldRequest request)
    {
        var segments = request.Path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var isRead = request.Method is "GET" or "HEAD";
        return (request.Method, segments) switch
        {
            ("POST", ["schematics"]) => (Register(request.Body.Span), options.Read),
            (_, ["schematics", var id]) when isRead => (_schematics.TryGetValue(id, out var schematic)
                ? new Reply(200, "application/yaml", Encoding.UTF8.GetBytes(schematic.Canonical))
                : Plain(404, "schematic not found"), options.Read),
            (_, ["versions"]) when isRead => (Json(200, List(options.Versions.Select(each => (JsonNode)each))),
                options.Read),
            (_, ["version", var version, "extensions", "official"]) when isRead => (Extensions(version), options.Read),
            (_, ["image", var schematic, var version, var file]) when isRead => Image(schematic, version, file),
            _ => (Plain(404, "404 page not found"), options.Read),
        };
    }

    private Reply Register(ReadOnlySpan<byte> body)
    {
        try
        {
            var schematic = StoredSchematic.Parse(Encoding.UTF8.GetString(body));
            _schematics[schematic.Id] = schematic;
            return Json(201, new JsonObject { ["id"] = schematic.Id, ["schematic"] = schematic.Canonical });
        }
        catch (Exception problem) when (problem is FormatException or InvariantException or InvalidCastException)
        {
            return Plain(400, problem.Message);
        }
    }

    private Reply Extensions(string version) => options.Versions.Contains(Tagged(version))
        ? Json(200, List(options.Extensions.Select(name => (JsonNode)new JsonObject
        {
            ["name"] = name,
            ["ref"] = $"ghcr.io/{name}:{Tagged(version)}",
            ["digest"] = $"sha256:{Convert.ToHexStringLower(Digest($"{name} {Tagged(version)}"))}",
            ["author"] = "Sidero Labs",
            ["description"] = $"[simulated] {name}",
        })))
        : Plain(404, $"version {Tagged(version)[1..]} is not available");

    private (Reply Reply, TimeSpan Took) Image(string schematic, string version, string file)
    {
        if (file.EndsWith(".sha256", StringComparison.Ordinal) || file.EndsWith(".sha512", StringComparison.Ordinal))
            return (Plain(402, "enterprise not enabled: checksum endpoint is not available"), options.Read);
        var (asset, refusal) = Build(schematic, version, file);
        if (asset is null)
            return (refusal, options.Read);
        var isFirst = _built.Add($"{schematic} {asset.Version} {file}");
        return (
            new Reply(200, "application/octet-stream", asset.ToBytes()),
            isFirst ? options.Build + options.Read : options.Read);
    }

    private (FactoryAsset? Asset, Reply Refusal) Build(string id, string version, string file)
    {
        if (!_schematics.TryGetValue(id, out var schematic))
            return (null, Plain(404, $"schematic ID \"{id}\" not found"));
        if (!options.Versions.Contains(Tagged(version)))
            return (null, Plain(404, $"version {Tagged(version)[1..]} is not available"));
        if (!AssetName().IsMatch(file))
            return (null, Plain(400, $"error parsing profile from path: invalid profile path: {file}"));
        var unknown = schematic.Extensions.FirstOrDefault(name => !options.Extensions.Contains(name));
        return unknown is null
            ? (new FactoryAsset(Tagged(version), id, file, schematic), Plain(200, ""))
            : (null, Plain(
                400,
                "error enhancing profile from schematic: official extension "
                + $"\"{unknown}\" is not available for Talos version {Tagged(version)}"));
    }

    private static string Tagged(string version) =>
        version.StartsWith('v') ? version : $"v{version}";

    /// <summary>Without what differs from schematic to schematic.</summary>
    private static string Shown(string path) => SchematicId().Replace(path, ":schematic");

    private static byte[] Digest(string text) =>
        System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(text));

    private static JsonArray List(IEnumerable<JsonNode> items) => new([.. items]);

    private static Reply Json(int status, JsonNode body) =>
        new(status, "application/json", Encoding.UTF8.GetBytes($"{body.ToJsonString()}\n"));

    private static Reply Plain(int status, string message) =>
        new(status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes($"{message}\n"));

    [GeneratedRegex("[0-9a-f]{64}", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SchematicId();

    [GeneratedRegex(
        "^(?:metal|nocloud)-(?:installer(?:-secureboot)?"
        + "|amd64(?:-secureboot)?(?:[.]iso|[.](?:raw|qcow2)(?:[.](?:gz|xz|zst))?|-uki[.]efi))$",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AssetName();

    [GeneratedRegex(
        "^factory[.]talos[.]dev/(?:(?<platform>[a-z]+)-)?installer(?<secure>-secureboot)?"
        + "/(?<schematic>[0-9a-f]{64}):(?<version>v[^:]+)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InstallerName();

    private sealed record Reply(int Status, string Type, byte[] Body);
}
