using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Faults;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Routes;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Machines;
using Orrery.Simulation.Vault;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.K3s.Vaults;

/// <summary>
/// OpenBao while its pod runs: with the configuration and the seal key that are mounted, over the storage that stands
/// on its volume. On empty storage it initializes itself where it is told how; with another key than the storage's it
/// stays sealed.
/// </summary>
internal sealed class OpenBaoServer
{
    private const string Image = "openbao";
    private const string File = "vault.db";

    private readonly SimulatedCluster _cluster;
    private string? _pod;
    private string _namespace = "";
    private StoredVault? _vault;

    public OpenBaoServer(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "Pod", static pod => Programs.Runs(pod, Image) ? [ObjectKey.Of(pod)] : [], LookAtPod);
        cluster.Api.Serve = Serve;
    }

    private ClusterStore Store => _cluster.Store;

    /// <summary>What it answers to a request inside the cluster; null where nothing listens there.</summary>
    public WorldReply? Serve(ServiceCall call) =>
        _vault is { } vault && call.Namespace == _namespace && call.Service == Image
            ? vault.World.Handle(call.Request, _cluster.Agenda.Now)
            : null;

    private void LookAtPod(ObjectKey key)
    {
        if (Programs.Ready(Store, Image).FirstOrDefault() is not { } pod)
        {
            (_pod, _vault) = (null, null);
            return;
        }

        var life = $"{pod.Uid()} {pod.At("status", "containerStatuses").Items().First()["restartCount"]}";
        if (_pod == life)
            return;
        (_pod, _namespace) = (life, pod.Namespace());
        _vault = Open(pod);
    }

    private StoredVault? Open(JsonObject pod)
    {
        if (ConfigOf(pod) is not { } config || SealKeyOf(pod, config) is not { } sealKey
            || FolderOf(pod, config) is not { } folder)
        {
            // It ends with an error right after it has begun.
            Events.Tell(Store, pod, "kubelet", ("BackOff", "error loading configuration"), isWarning: true);
            return null;
        }

        var (machine, path) = (folder.Machine, $"{folder.Path.TrimEnd('/')}/{File}");
        var id = machine.ReadFile(path) is { } content ? Encoding.UTF8.GetString(content.Span) : "";
        var stored = _cluster.Options.Vaults.Find(id);
        if (stored is null)
        {
            stored = _cluster.Options.Vaults.Make(
                sealKey, _cluster.Epoch, StableHash.Of(_cluster.Seed).And("openbao").Value);
            machine.WriteFile(path, Encoding.UTF8.GetBytes(stored.Id), 0x180, 0);
            var requests = Requests(config).ToList();
            if (requests.Count > 0)
                stored.World.Initialize(requests, _cluster.Agenda.Now);
        }

        stored.World.IsSealed = stored.SealKey != sealKey;
        stored.Api = _cluster.Api;
        return stored;
    }

    // The chart mounts it as a file of a ConfigMap.
    private JsonObject? ConfigOf(JsonObject pod)
    {
        foreach (var volume in pod.At("spec", "volumes").Items())
        {
            if (volume.TextAt("configMap", "name") is { } name
                && Store.Peek("v1", "ConfigMap", pod.Namespace(), name) is { } map
                && map.TextAt("data", "extraconfig-from-values.hcl") is { } text)
                return Parse(text);
        }

        return null;
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            // The other form of a configuration is nobody's here.
            return null;
        }
    }

    /// <summary>The bytes of a key of 32, as text: https://openbao.org/docs/configuration/seal/static/.</summary>
    private string? SealKeyOf(JsonObject pod, JsonObject config)
    {
        const string scheme = "file://";
        var seal = config.At("seal").Items().FirstOrDefault().At("static");
        if (seal.TextAt("current_key") is not { } reference || seal.TextAt("current_key_id") is not { Length: > 0 }
            || !reference.StartsWith(scheme, StringComparison.Ordinal))
            return null;
        var path = reference[scheme.Length..];
        var mount = pod.At("spec", "containers").Items().First()["volumeMounts"].Items()
            .FirstOrDefault(each => path.StartsWith(each.TextAt("mountPath") + "/", StringComparison.Ordinal));
        var volume = pod.At("spec", "volumes").Items()
            .FirstOrDefault(each => mount is not null && each.TextAt("name") == mount.TextAt("name"));
        var secret = Store.Peek("v1", "Secret", pod.Namespace(), volume.TextAt("secret", "secretName") ?? "");
        if (secret.TextAt("data", path[(path.LastIndexOf('/') + 1)..]) is not { } data)
            return null;
        var text = Encoding.UTF8.GetString(Convert.FromBase64String(data));
        var key = new byte[64];
        return Convert.TryFromBase64String(text, key, out var length) && length == 32
            ? Convert.ToBase64String(key.AsSpan(0, length))
            : null;
    }

    private (Machine Machine, string Path)? FolderOf(JsonObject pod, JsonObject config)
    {
        var path = config.At("storage").Items().FirstOrDefault().At("raft").TextAt("path");
        var mount = pod.At("spec", "containers").Items().First()["volumeMounts"].Items()
            .FirstOrDefault(each => each.TextAt("mountPath") == path);
        var volume = pod.At("spec", "volumes").Items()
            .FirstOrDefault(each => mount is not null && each.TextAt("name") == mount.TextAt("name"));
        return volume.TextAt("persistentVolumeClaim", "claimName") is { } claim
            && _cluster.Behind(pod.Namespace(), claim) is { } behind
            ? (behind.Machine, behind.Path)
            : null;
    }

    // https://openbao.org/docs/configuration/self-init: blocks with a label are lists of maps with one member.
    private static IEnumerable<InitialRequest> Requests(JsonObject config) =>
        from block in config.At("initialize").Items()
        from stanza in block
        from entry in stanza.Value.At("request").Items()
        from request in entry
        select new InitialRequest(
            request.Value.TextAt("path") ?? "", request.Value.At("data") as JsonObject ?? []);
}
