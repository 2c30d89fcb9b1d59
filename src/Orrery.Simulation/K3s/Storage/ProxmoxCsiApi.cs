using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s.Storage;

/// <summary>What the plugin's sidecars report of a call that failed.</summary>
[SuppressMessage("Design", "CA1064", Justification = "It never leaves the world.")]
internal sealed class CsiFailure(string message) : Exception(message)
{
    public bool IsLock => Message.Contains("can't lock file", StringComparison.Ordinal);
}

/// <summary>
/// Proxmox VE as the plugin's controller reaches it: with what the Secret held that its pod had mounted when it
/// started. https://github.com/sergelogvinov/proxmox-csi-plugin, pkg/config and pkg/proxmoxpool
/// </summary>
internal sealed class ProxmoxCsiApi
{
    /// <summary>The program of the pod that does everything but mounting.</summary>
    public const string Image = "proxmox-csi-controller";

    private readonly SimulatedCluster _cluster;
    private readonly Uri _address;
    private readonly string _token;

    private ProxmoxCsiApi(SimulatedCluster cluster, JsonNode? settings, Func<string, string?> files)
    {
        _cluster = cluster;
        Region = settings.TextAt("region") ?? throw new CsiFailure("missing PVE region in cloud config");
        if (!Uri.TryCreate(settings.TextAt("url"), UriKind.Absolute, out var address))
            throw new CsiFailure("missing PVE API URL in cloud config");
        _address = address;
        var id = settings.TextAt("token_id") ?? files(settings.TextAt("token_id_file") ?? "");
        var secret = settings.TextAt("token_secret") ?? files(settings.TextAt("token_secret_file") ?? "");
        if (id is null || secret is null)
            throw new CsiFailure("user, token or file credentials are required");
        _token = $"PVEAPIToken={id.Trim()}={secret.Trim()}";
    }

    /// <summary>What the installation is called by its own users.</summary>
    public string Region { get; }

    /// <summary>Null while no such pod is ready.</summary>
    public static ProxmoxCsiApi? Of(SimulatedCluster cluster, ref (string Uid, ProxmoxCsiApi? Api) last)
    {
        if (Programs.Ready(cluster.Store, Image).FirstOrDefault() is not { } pod)
            return null;
        if (last.Api is null || last.Uid != pod.Uid())
            last = (pod.Uid(), Read(cluster, pod));
        return last.Api;
    }

    public JsonNode? Get(string path, string query = "") => Send("GET", path, query, []);

    public JsonNode? Post(string path, JsonObject parameters) => Send("POST", path, "", parameters);

    public JsonNode? Delete(string path) => Send("DELETE", path, "", []);

    public JsonNode? Put(string path, JsonObject parameters) => Send("PUT", path, "", parameters);

    /// <summary>Where the machine of this UUID is, and its configuration; throws where there is none.</summary>
    public (string Path, JsonNode? Config) MachineOf(string uuid)
    {
        foreach (var guest in Get("/cluster/resources", "type=vm").Items())
        {
            var path = $"/nodes/{guest.TextAt("node")}/qemu/{guest.At("vmid").Number()}";
            var config = Get($"{path}/config");
            if ((config.TextAt("smbios1") ?? "").Split(',').Contains($"uuid={uuid}"))
                return (path, config);
        }

        throw new CsiFailure("instance not found");
    }

    private static ProxmoxCsiApi Read(SimulatedCluster cluster, JsonObject pod)
    {
        var name = pod.At("spec", "volumes").Items()
            .FirstOrDefault(volume => volume.TextAt("name") == "cloud-config").TextAt("secret", "secretName");
        var secret = cluster.Store.Peek("v1", "Secret", pod.Namespace(), name ?? "");
        try
        {
            return new ProxmoxCsiApi(
                cluster,
                (YamlDocuments.Parse(File("config.yaml") ?? "").At("clusters") as JsonArray ?? []).FirstOrDefault(),
                File);
        }
        catch (ApiFailure)
        {
            throw new CsiFailure("invalid cloud config");
        }

        string? File(string path) => secret.TextAt("data", path[(path.LastIndexOf('/') + 1)..]) is { } data
            ? Encoding.UTF8.GetString(Convert.FromBase64String(data))
            : null;
    }

    private JsonNode? Send(string method, string path, string query, JsonObject parameters)
    {
        var headers = ValueMap.Of(("authorization", _token), ("content-type", "application/json"));
        var request = new WorldRequest
        {
            Method = method,
            Path = _address.AbsolutePath.TrimEnd('/') + path,
            Query = query,
            Headers = headers,
            Body = method == "GET" ? default(ReadOnlyMemory<byte>) : Encoding.UTF8.GetBytes(parameters.ToJsonString()),
        };
        return _cluster.Options.Proxmox(_address, request) switch
        {
            null => throw new CsiFailure($"dial tcp: lookup {_address.Host}: no such host"),
            (200, var body) => body["data"],
            (401 or 403, _) => throw new CsiFailure("not authorized to access endpoint"),
            var (status, body) => throw new CsiFailure($"{status} {body.TextAt("message")?.Trim()}"),
        };
    }
}
