using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Vaults;

/// <summary>
/// External Secrets while its pod runs: stores are tried by logging in, documents are spread to the namespaces that ask
/// for them, and each value is read anew every minute. What it cannot have it says in the words of the real one:
/// https://external-secrets.io/latest/api/externalsecret/.
/// </summary>
internal sealed class ExternalSecretsController
{
    private const string ApiVersion = "external-secrets.io/v1";
    private const string Image = "external-secrets";

    /// <summary>How often everything is looked at again: the shortest that is asked for here.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    private readonly SimulatedCluster _cluster;
    private string? _pod;

    public ExternalSecretsController(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("", "Pod", static pod => Programs.Runs(pod, Image) ? [ObjectKey.Of(pod)] : [], LookAtPod);
        cluster.Loop.On("external-secrets.io", "ClusterSecretStore", TryStore);
        cluster.Loop.On("external-secrets.io", "ClusterExternalSecret", Spread);
        cluster.Loop.On(
            "", "Namespace", _ => Store.PeekAll(ApiVersion, "ClusterExternalSecret").Select(ObjectKey.Of).ToList(),
            Spread);
        cluster.Loop.On("external-secrets.io", "ExternalSecret", Sync);
    }

    private ClusterStore Store => _cluster.Store;

    private void LookAtPod(ObjectKey key)
    {
        if (Programs.Ready(Store, Image).FirstOrDefault() is not { } pod)
        {
            _pod = null;
            return;
        }

        var life = $"{pod.Uid()} {pod.At("status", "containerStatuses").Items().First()["restartCount"]}";
        if (_pod == life)
            return;
        _pod = life;
        LookAtAll(life);
    }

    private void LookAtAll(string life)
    {
        if (_pod != life)
            return;
        if (_cluster.IsRunning)
        {
            Again("ClusterSecretStore", TryStore);
            Again("ClusterExternalSecret", Spread);
            Again("ExternalSecret", Sync);
        }

        _cluster.Agenda.Poll(Interval, () => LookAtAll(life));
    }

    private void Again(string kind, Action<ObjectKey> reconcile)
    {
        foreach (var item in Store.PeekAll(ApiVersion, kind).ToList())
            _cluster.Loop.Again(reconcile, ObjectKey.Of(item), _cluster.Latencies.Reaction);
    }

    private void TryStore(ObjectKey key)
    {
        if (_pod is null || Store.Get(ApiVersion, "ClusterSecretStore", "", key.Name) is not { } store)
            return;
        var problem = store.At("spec", "provider", "vault") is JsonObject provider
            ? new VaultSession(_cluster, provider).Login()
            : "no such provider";
        var was = store.Condition("Ready");
        Say(store, problem is null, problem is null
            ? ("Valid", "store validated")
            : ("InvalidProviderConfig", $"unable to validate store: {problem}"));
        // What waits for it is looked at again at once.
        if (problem is null && was != "True")
            Again("ExternalSecret", Sync);
        if (problem is not null)
            _cluster.Loop.Again(TryStore, key, _cluster.Latencies.CrashPause);
    }

    private void Spread(ObjectKey key)
    {
        if (_pod is null || Store.Get(ApiVersion, "ClusterExternalSecret", "", key.Name) is not { } spread
            || spread.IsGoing())
            return;
        var name = spread.TextAt("spec", "externalSecretName") ?? key.Name;
        var selectors = spread.At("spec", "namespaceSelectors").Items().Select(LabelSelector.FromObject).ToList();
        var (there, failed) = (new JsonArray(), new JsonArray());
        foreach (var space in Store.PeekAll("v1", "Namespace").Where(each => !each.IsGoing()).ToList())
        {
            var wanted = selectors.Exists(selector => selector.Matches(space.Labels()));
            var before = Store.Get(ApiVersion, "ExternalSecret", space.Name(), name);
            var isOurs = before?.IsOwnedBy(spread.Uid()) == true;
            if (!wanted && isOurs)
                Store.Delete(ApiVersion, "ExternalSecret", space.Name(), name);
            if (!wanted)
                continue;
            if (before is not null && !isOurs)
            {
                failed.Add((JsonNode)new JsonObject
                {
                    ["namespace"] = space.Name(),
                    ["reason"] = "external secret already exists in namespace",
                });
                continue;
            }

            Put(spread, before, space.Name(), name);
            there.Add((JsonNode)space.Name());
        }

        var isReady = failed.Count == 0;
        spread.Child("status")["provisionedNamespaces"] = there;
        spread.Child("status")["failedNamespaces"] = failed;
        Say(spread, isReady, isReady ? default : ("", "one or more namespaces failed"));
    }

    private void Put(JsonObject spread, JsonObject? before, string ns, string name)
    {
        var spec = spread.At("spec", "externalSecretSpec")?.DeepClone();
        if (before is null)
        {
            Store.Create(
                Objects.Of(ApiVersion, "ExternalSecret", ns, name).OwnedBy(spread).With("spec", spec),
                new WriteOptions { Manager = Image });
        }
        else if (!JsonNode.DeepEquals(before["spec"], spec))
        {
            Store.Update(before.With("spec", spec), new WriteOptions { Manager = Image });
        }
    }

    private void Sync(ObjectKey key)
    {
        if (_pod is null || Store.Get(ApiVersion, "ExternalSecret", key.Namespace, key.Name) is not { } item
            || item.IsGoing())
            return;
        var problem = Try(item);
        Say(item, problem is null, problem is null
            ? ("SecretSynced", "secret synced")
            : ("SecretSyncedError", $"could not get secret data from provider: {problem}"));
        if (problem is not null)
            _cluster.Loop.Again(Sync, key, _cluster.Latencies.CrashPause);
    }

    private string? Try(JsonObject item)
    {
        var reference = item.TextAt("spec", "secretStoreRef", "name") ?? "";
        if (Store.Get(ApiVersion, "ClusterSecretStore", "", reference) is not { } store)
            return $"could not get ClusterSecretStore \"{reference}\", not found";
        if (store.Condition("Ready") != "True")
            return $"the desired SecretStore {reference} is not ready";
        var session = new VaultSession(_cluster, store.At("spec", "provider", "vault") as JsonObject ?? []);
        if (session.Login() is { } refused)
            return refused;
        var data = new JsonObject();
        foreach (var (index, entry) in item.At("spec", "data").Items().Index())
        {
            var document = entry.TextAt("remoteRef", "key") ?? "";
            var (value, problem) = session.Read(document, entry.TextAt("remoteRef", "property") ?? "");
            if (value is null)
                return $"error retrieving secret at .data[{index}], key: {document}, err: {problem}";
            data[entry.TextAt("secretKey") ?? ""] = Convert.ToBase64String(value);
        }

        return Write(item, data);
    }

    private string? Write(JsonObject item, JsonObject data)
    {
        var name = item.TextAt("spec", "target", "name") ?? item.Name();
        var before = Store.Get("v1", "Secret", item.Namespace(), name);
        if (before is not null && !before.IsOwnedBy(item.Uid()))
            return "target is owned by another ExternalSecret";
        if (before is null)
        {
            Store.Create(
                Objects.Of("v1", "Secret", item.Namespace(), name).OwnedBy(item).With("data", data)
                    .With("type", "Opaque"),
                new WriteOptions { Manager = Image });
        }
        else if (!JsonNode.DeepEquals(before["data"], data))
        {
            Store.Update(before.With("data", data), new WriteOptions { Manager = Image });
        }

        return null;
    }

    // Only what differs is written: a status that is written is a change that is looked at.
    private void Say(JsonObject item, bool isReady, (string Reason, string Message) why)
    {
        var before = Store.Get(ApiVersion, item.TextAt("kind")!, item.Namespace(), item.Name());
        item.SetCondition(Store.Now, "Ready", isReady, why);
        if (!JsonNode.DeepEquals(before?["status"], item["status"]))
            Store.UpdateStatus(item, Image);
    }
}
