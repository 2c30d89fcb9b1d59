using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Kubernetes.Routes;

/// <summary>Finds who answers a request.</summary>
internal sealed class Router(KubernetesApi api)
{
    public Answer Handle(WorldRequest request)
    {
        try
        {
            return request.Path is "/healthz" or "/readyz" or "/livez"
                ? Answer.Text("ok")
                : throw ApiFailure.Unsupported($"{request.Method} {request.Path} on {api.Options.Version}");
        }
        catch (ApiFailure failure)
        {
            return Answer.Of(failure);
        }
    }
}
