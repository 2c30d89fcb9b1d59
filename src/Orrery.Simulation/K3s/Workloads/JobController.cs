using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Workloads;

/// <summary>Jobs: pods until enough of them succeeded, or too many failed.</summary>
internal sealed class JobController
{
    private const string Manager = "kube-controller-manager";

    private static readonly (string Reason, string Message) Reached =
        ("CompletionsReached", "Reached expected number of succeeded pods");

    private static readonly (string Reason, string Message) TooMany =
        ("BackoffLimitExceeded", "Job has reached the specified backoff limit");

    private readonly ClusterStore _store;

    public JobController(SimulatedCluster cluster)
    {
        _store = cluster.Store;
        cluster.Loop.On("batch", "Job", Reconcile);
        cluster.Loop.On("", "Pod", static pod => PodTemplate.OwnerOf(pod, "Job"), Reconcile);
    }

    private void Reconcile(ObjectKey key)
    {
        if (_store.Get("batch/v1", "Job", key.Namespace, key.Name) is not { } job || job.IsGoing())
            return;
        if (job.Condition("Complete") == "True" || job.Condition("Failed") == "True")
            return;
        var pods = PodTemplate.PodsOf(_store, job);
        var succeeded = pods.Count(pod => pod.TextAt("status", "phase") == "Succeeded");
        var failed = pods.Count(pod => pod.TextAt("status", "phase") == "Failed");
        var wanted = (int)(job.At("spec", "completions").Number() ?? 1);
        var isLost = failed > (job.At("spec", "backoffLimit").Number() ?? 6);
        var status = job.Child("status");
        status["startTime"] = status["startTime"].Text() ?? _store.Now;
        if (succeeded >= wanted)
        {
            status["completionTime"] = _store.Now;
            job.SetCondition(_store.Now, "SuccessCriteriaMet", true, Reached);
            job.SetCondition(_store.Now, "Complete", true, Reached);
        }
        else if (isLost)
        {
            job.SetCondition(_store.Now, "FailureTarget", true, TooMany);
            job.SetCondition(_store.Now, "Failed", true, TooMany);
        }

        var active = pods.Count - succeeded - failed;
        if (succeeded < wanted && !isLost && active == 0 && !job.At("spec", "suspend").IsTrue())
        {
            var made = PodTemplate.PodOf(job);
            made.Child("metadata")["generateName"] = key.Name + "-";
            _store.Create(made, new WriteOptions { Manager = Manager });
            active = 1;
        }

        Set(status, "active", active);
        Set(status, "succeeded", succeeded);
        Set(status, "failed", failed);
        status["ready"] = pods.Count(pod => pod.IsReady() && !pod.IsFinished());
        status["terminating"] = 0;
        status["uncountedTerminatedPods"] = new JsonObject();
        _store.HandOverStatus(job, Manager);
    }

    private static void Set(JsonObject status, string name, int count)
    {
        if (count > 0)
            status[name] = count;
        else
            status.Remove(name);
    }
}
