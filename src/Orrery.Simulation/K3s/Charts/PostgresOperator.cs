using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.K3s.Workloads;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Charts;

/// <summary>
/// CloudNativePG while its pod runs: for each Cluster a claim, a pod and the Service of who may write, once the Secret
/// of its owner is there; the Cluster is ready when its pod is. Of several instances the first alone is played.
/// https://cloudnative-pg.io/documentation/current/
/// </summary>
internal sealed class PostgresOperator
{
    private const string Version = "postgresql.cnpg.io/v1";
    private const string Image = "cloudnative-pg";
    private const string Label = "cnpg.io/cluster";

    private readonly SimulatedCluster _cluster;

    public PostgresOperator(SimulatedCluster cluster)
    {
        _cluster = cluster;
        cluster.Loop.On("postgresql.cnpg.io", "Cluster", Make);
        cluster.Loop.On("", "Pod", pod => Programs.Runs(pod, Image) ? All()
            : pod.Labels()?[Label].Text() is { } name ? [new ObjectKey(pod.Namespace(), name)] : [], Make);
        cluster.Loop.On("", "Secret", secret => All().Where(key => key.Namespace == secret.Namespace()), Make);
    }

    private ClusterStore Store => _cluster.Store;

    // Before the chart is there nobody knows the kind.
    private IEnumerable<ObjectKey> All() => Store.Kinds.Find(Version, "Cluster") is null
        ? []
        : Store.PeekAll(Version, "Cluster").Select(ObjectKey.Of).ToList();

    private void Make(ObjectKey key)
    {
        if (Store.Kinds.Find(Version, "Cluster") is null
            || Store.Get(Version, "Cluster", key.Namespace, key.Name) is not { } item || item.IsGoing()
            || !Programs.Ready(Store, Image).Any())
        {
            return;
        }

        if (item.TextAt("spec", "bootstrap", "initdb", "secret", "name") is { } secret
            && Store.Peek("v1", "Secret", key.Namespace, secret) is null)
        {
            Tell(item, "Waiting for the Secret of the owner", false);
            return;
        }

        foreach (var made in Objects(key, item))
        {
            var kind = made.TextAt("kind") ?? "";
            if (Store.Peek("v1", kind, key.Namespace, made.Name()) is null)
                Store.Create(made.OwnedBy(item), new WriteOptions { Manager = Image });
        }

        var isReady = Store.Peek("v1", "Pod", key.Namespace, $"{key.Name}-1")?.IsReady() == true;
        Tell(item, isReady ? "Cluster in healthy state" : "Setting up primary", isReady);
    }

    private void Tell(JsonObject item, string phase, bool isReady)
    {
        if (item.TextAt("status", "phase") == phase)
            return;
        item.Child("status")["phase"] = phase;
        item.SetCondition(Store.Now, "Ready", isReady, (isReady ? "ClusterIsReady" : "ClusterIsNotReady", phase));
        Store.UpdateStatus(item, Image);
    }

    private static IEnumerable<JsonObject> Objects(ObjectKey key, JsonObject item) => ChartText.Read($$"""
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: {{key.Name}}-1, namespace: {{key.Namespace}}, labels: { {{Label}}: {{key.Name}} } }
        spec:
          accessModes: [ReadWriteOnce]
          resources: {requests: {storage: {{item.TextAt("spec", "storage", "size")}} } }
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: {{key.Name}}-1, namespace: {{key.Namespace}}, labels: { {{Label}}: {{key.Name}} } }
        spec:
          securityContext: {fsGroup: 26, runAsGroup: 26, runAsNonRoot: true, runAsUser: 26}
          containers:
          - {name: postgres, image: "ghcr.io/cloudnative-pg/postgresql:18.1-system-trixie",
             volumeMounts: [{name: pgdata, mountPath: /var/lib/postgresql/data}] }
          volumes: [{name: pgdata, persistentVolumeClaim: {claimName: {{key.Name}}-1 } }]
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: {{key.Name}}-rw, namespace: {{key.Namespace}}, labels: { {{Label}}: {{key.Name}} } }
        spec:
          ports: [{name: postgres, port: 5432}]
          selector: { {{Label}}: {{key.Name}} }
        """);
}
