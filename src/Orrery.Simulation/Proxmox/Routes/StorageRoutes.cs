using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.Proxmox.Guests;
using Orrery.Simulation.Proxmox.Requests;
using Orrery.Simulation.Proxmox.State;

namespace Orrery.Simulation.Proxmox.Routes;

/// <summary>Storages, what they hold, and how files come to them.</summary>
internal static partial class StorageRoutes
{
    // Either of them shows a storage.
    private static readonly string[] Seen = ["Datastore.Audit", "Datastore.AllocateSpace"];

    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/nodes/{node}/storage", List),
        new("GET", "/nodes/{node}/storage/{storage}/status", Status),
        new("GET", "/nodes/{node}/storage/{storage}/content", Content),
        new("POST", "/nodes/{node}/storage/{storage}/content", Allocate),
        new("DELETE", "/nodes/{node}/storage/{storage}/content/{volume}", Delete),
        new("POST", "/nodes/{node}/storage/{storage}/download-url", Download),
        new("POST", "/nodes/{node}/storage/{storage}/upload", Upload),
    ];

    private static JsonNode List(Exchange exchange)
    {
        _ = exchange.Node;
        return new JsonArray([.. exchange.Cluster.Storages
            .Where(storage => Seen.Any(privilege =>
                exchange.Cluster.Access.Has(exchange.Caller, $"/storage/{storage.Name}", privilege)))
            .Select(storage =>
            {
                var row = Row(storage);
                row["storage"] = storage.Name;
                return (JsonNode)row;
            })]);
    }

    private static JsonNode Status(Exchange exchange) => Row(Audited(exchange));

    private static JsonObject Row(PveStorage storage) => new()
    {
        ["type"] = storage.Settings.Type,
        ["content"] = string.Join(',', storage.Settings.Contents),
        ["active"] = 1,
        ["enabled"] = 1,
        ["shared"] = storage.Settings.IsShared ? 1 : 0,
        ["total"] = storage.Settings.Bytes,
        ["used"] = storage.Used,
        ["avail"] = storage.Available,
    };

    private static JsonNode Content(Exchange exchange)
    {
        var storage = Audited(exchange);
        var content = exchange.Form.Find("content");
        return new JsonArray([.. storage.Volumes.Values
            .Where(volume => content is null || volume.Content == content)
            .Select(volume => (JsonNode)Row(exchange, volume))]);
    }

    private static JsonObject Row(Exchange exchange, Volume volume)
    {
        var row = new JsonObject
        {
            ["volid"] = volume.Volid,
            ["format"] = volume.Format,
            ["size"] = volume.Bytes,
            ["ctime"] = (exchange.Cluster.Options.Epoch + volume.Created).ToUnixTimeSeconds(),
        };
        if (volume.Vmid is { } vmid)
            row["vmid"] = vmid;
        return row;
    }

    /// <summary>A blank volume for whichever machine, there or not; by a name of the caller's, made at once.</summary>
    private static JsonNode Allocate(Exchange exchange)
    {
        _ = exchange.Node;
        var storage = exchange.Storage(exchange.Parts[1]);
        exchange.Require($"/storage/{storage.Name}", "Datastore.AllocateSpace");
        var (name, vmid) = (exchange.Form.Get("filename"), Exchange.Vmid(exchange.Form.Get("vmid")));
        if (Size().Match(exchange.Form.Get("size")) is not { Success: true } match)
            throw Refusal.Parameter("size", "value does not match the regex pattern");
        var bytes = long.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture)
            << match.Groups["unit"].Value switch { "G" => 30, "M" => 20, _ => 10 };
        if (!storage.Holds("images"))
            throw Refusal.Died($"storage '{storage.Name}' does not support vm images");
        if (!name.StartsWith($"vm-{vmid}-", StringComparison.Ordinal))
            throw Refusal.Died($"illegal name '{name}' - should be 'vm-{vmid}-*'");
        var volid = storage.Settings.Type == "dir" ? $"{storage.Name}:{vmid}/{name}" : $"{storage.Name}:{name}";
        if (storage.Volumes.ContainsKey(volid))
            throw Refusal.Died($"disk image '{name}' already exists");
        if (bytes > storage.Settings.Bytes)
            throw Refusal.Died($"not enough free space on storage '{storage.Name}'");
        storage.Volumes.Add(volid, new Volume
        {
            Volid = volid,
            Content = "images",
            Format = "raw",
            Bytes = bytes,
            Vmid = vmid,
            Created = exchange.Now,
        });
        return JsonValue.Create(volid);
    }

    private static JsonNode? Delete(Exchange exchange)
    {
        var storage = exchange.Storage(exchange.Parts[1]);
        exchange.Require($"/storage/{storage.Name}", "Datastore.Allocate");
        var name = exchange.Parts[2];
        var volid = name.Contains(':', StringComparison.Ordinal) ? name : $"{storage.Name}:{name}";
        if (!storage.Volumes.ContainsKey(volid))
            throw Refusal.Died($"volume '{volid}' does not exist");
        return exchange.Start("imgdel", $"{volid.Split(':')[1]}@{storage.Name}", new TaskWork
        {
            Takes = exchange.Cluster.Options.Latencies.Free,
            Succeed = _ => storage.Volumes.Remove(volid),
        });
    }

    private static JsonNode Download(Exchange exchange)
    {
        var (storage, volid) = Target(exchange);
        if (!exchange.Cluster.Access.Has(exchange.Caller, $"/nodes/{exchange.Node.Name}", "Sys.AccessNetwork"))
            exchange.Require("/", "Sys.Audit", "Sys.Modify");
        var url = exchange.Form.Get("url");
        var remote = exchange.Cluster.Options.Web(url);
        var latencies = exchange.Cluster.Options.Latencies;
        var log = new List<string> { $"downloading {url} to /var/lib/vz/{volid.Split(':')[1]}" };
        var (algorithm, checksum) = (exchange.Form.Find("checksum-algorithm"), exchange.Form.Find("checksum"));
        if (checksum is not null && algorithm is null)
            throw Refusal.Parameter("checksum", "missing property - 'checksum' requires this property");
        var got = remote is null || algorithm is null ? null : Checksum(algorithm, remote.Content.Span);
        var there = storage.Volumes.GetValueOrDefault(volid);
        var problem = there is not null && got is null
            ? $"refusing to override existing file '/var/lib/vz/{volid.Split(':')[1]}'"
            : remote is null ? "download failed: exit code 8"
            : remote.Bytes > storage.Available ? $"download failed: not enough free space on storage '{storage.Name}'"
            : got is not null && !string.Equals(got, checksum, StringComparison.OrdinalIgnoreCase)
                ? $"checksum mismatch: got '{got}' != expect '{checksum}'"
                : null;
        return exchange.Start("download", volid.Split('/')[^1], new TaskWork
        {
            Takes = TimeSpan.FromSeconds(1 + ((remote?.Bytes ?? 0) / (double)latencies.DownloadRate)),
            Log = log,
            Dies = problem,
            Succeed = now => storage.Volumes[volid] = NewFile(exchange, volid, remote!, url, now),
        });
    }

    private static JsonNode Upload(Exchange exchange)
    {
        if (exchange.Form.File is not { } file)
            throw Refusal.Parameter("filename", "property is missing and it is not optional");
        var (storage, volid) = Target(exchange);
        var bytes = file.Bytes.ToArray();
        var (algorithm, checksum) = (exchange.Form.Find("checksum-algorithm"), exchange.Form.Find("checksum"));
        var problem = algorithm is not null && checksum is not null
            && !string.Equals(Checksum(algorithm, bytes), checksum, StringComparison.OrdinalIgnoreCase)
                ? $"checksum mismatch: got '{Checksum(algorithm, bytes)}' != expect '{checksum}'"
                : null;
        return exchange.Start("imgcopy", "", new TaskWork
        {
            Takes = TimeSpan.FromMilliseconds(300),
            Dies = problem,
            // An upload takes the place of what has its name.
            Succeed = now => storage.Volumes[volid] = NewFile(
                exchange, volid, new RemoteFile(bytes, bytes.Length), null, now),
        });
    }

    private static Volume NewFile(
        Exchange exchange, string volid, RemoteFile file, string? source, TimeSpan now) => new()
        {
            Volid = volid,
            Content = exchange.Form.Get("content"),
            Format = exchange.Form.Get("content") == "iso" ? "iso" : volid.Split('.')[^1],
            Bytes = file.Bytes,
            File = file.Content,
            Source = source,
            Created = now,
            Contents = new DiskContents { Image = source ?? volid, IsBootable = source is not null },
        };

    private static (PveStorage Storage, string Volid) Target(Exchange exchange)
    {
        _ = exchange.Node;
        var storage = exchange.Storage(exchange.Parts[1]);
        exchange.Require($"/storage/{storage.Name}", "Datastore.AllocateTemplate");
        var (content, name) = (exchange.Form.Get("content"), exchange.Form.Get("filename"));
        if (content is not ("iso" or "vztmpl" or "import"))
            throw Refusal.Parameter("content", $"value '{content}' does not have a value in the enumeration"
                + " 'iso, vztmpl, import'");
        if (!storage.Holds(content))
            throw Refusal.Died($"storage '{storage.Name}' is not configured for content-type '{content}'");
        string[] endings = content switch
        {
            "iso" => [".iso", ".img"],
            "import" => [".ova", ".qcow2", ".raw", ".vmdk"],
            _ => [".tar.gz", ".tar.xz", ".tar.zst"],
        };
        if (!endings.Any(ending => name.EndsWith(ending, StringComparison.OrdinalIgnoreCase)))
            throw Refusal.Parameter("filename", "wrong file extension");
        return (storage, $"{storage.Name}:{content}/{name}");
    }

    private static PveStorage Audited(Exchange exchange)
    {
        _ = exchange.Node;
        var storage = exchange.Storage(exchange.Parts[1]);
        exchange.RequireAny($"/storage/{storage.Name}", "Datastore.Audit", "Datastore.AllocateSpace");
        return storage;
    }

    private static string Checksum(string algorithm, ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(
        algorithm switch
        {
            "sha256" => SHA256.HashData(bytes),
            "sha384" => SHA384.HashData(bytes),
            "sha512" => SHA512.HashData(bytes),
            _ => throw Refusal.Parameter(
                "checksum-algorithm", $"value '{algorithm}' is not simulated: sha256, sha384, sha512 are"),
        });

    [GeneratedRegex("^(?<number>[0-9]{1,15})(?<unit>[MG]?)$", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Size();
}
