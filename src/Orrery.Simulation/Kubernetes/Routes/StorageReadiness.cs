using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>
/// The first reader of a new custom resource starts its cache, and is told to come back; so is everybody until it is
/// filled.
/// </summary>
internal sealed class StorageReadiness(KubernetesApi api)
{
    private readonly Dictionary<string, TimeSpan> _readyAt = [];

    public void Check(RequestInfo info)
    {
        if (info.Verb is not ("get" or "list" or "watch"))
            return;
        var name = info.Kind.Definition ?? "";
        var now = api.Agenda.Now;
        if (!_readyAt.TryGetValue(name, out var ready))
            _readyAt[name] = ready = now + api.Options.Latencies.StorageReady;
        if (now < ready)
            throw ApiFailure.TooManyRequests("storage is (re)initializing", 1);
    }
}
