using Orrery.Engine.Ports;
using Orrery.Providers.Http;

namespace Orrery.Providers.Kubernetes.Configuration;

/// <summary>What reading a kubeconfig needs of its surroundings.</summary>
/// <param name="ReadFile">A file's text by its path; null where there is none that we may read.</param>
/// <param name="Processes">Runs credential plugins.</param>
public sealed record KubeconfigSurroundings(
    Func<string, string?> ReadFile, IProcessRunner Processes, TimeProvider Time);

/// <summary>How a cluster is reached, and who we are to it.</summary>
/// <param name="Context">The context's name.</param>
/// <param name="Tokens">Null where the client certificate says who we are.</param>
public sealed record KubeconfigAccess(string Context, Connection Connection, ITokenSource? Tokens)
{
    /// <summary>When a client certificate that a plugin gave runs out; open anew by then. Null for never.</summary>
    public DateTimeOffset? Expires { get; init; }

    public override string ToString() => $"access to {Context}";
}
