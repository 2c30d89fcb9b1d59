using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>One cloud: which resources a cluster needs of it, and who handles each kind.</summary>
public interface IProvider
{
    /// <summary>The first part of its types, for example <c>hetzner</c>.</summary>
    string Name { get; }

    IReadOnlyList<IResourceHandler> Handlers { get; }

    /// <summary>
    /// Everything that a cluster needs of this cloud. Pure: the same declaration gives the same resources.
    /// </summary>
    IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets);

    /// <summary>
    /// Questions about the account that no single request answers: does the location exist, is the type sold there.
    /// </summary>
    Task<ValueList<Diagnostic>> CheckAsync(
        Platform platform, Cluster cluster, CancellationToken cancellation);
}

/// <summary>
/// A provider that reaches something by the outputs of a resource: the API server of a cluster by the kubeconfig of the
/// machine that started it.
/// </summary>
public interface IUsesOutputs
{
    /// <summary>
    /// Told the outputs of each resource of its cluster: as recorded before it is asked for anything, then as seen,
    /// then whenever a step has made them. Later ones stand beside earlier ones until what they describe is gone.
    /// </summary>
    void Learn(ResourceAddress address, Value.Map outputs);
}

/// <summary>A provider that looks into running clusters for what would be lost with them.</summary>
public interface ISearchesClusters
{
    /// <summary>Asked before a rebuild and for drift, when what is there has been looked at. Reads only.</summary>
    Task<ValueList<Diagnostic>> SearchAsync(Cluster cluster, CancellationToken cancellation);
}

/// <summary>A provider that finds in files what a declaration does not say, before anything is planned.</summary>
public interface ICompletesClusters
{
    /// <summary>The cluster with the generations of its keys, and the documents that are for it.</summary>
    Task<Cluster> CompleteAsync(Cluster cluster, CancellationToken cancellation);

    /// <summary>What of it must not be delivered; an error stops every run but <c>destroy</c>. Pure.</summary>
    ValueList<Diagnostic> ProblemsOf(Cluster complete);
}

/// <summary>What a provider needs of its surroundings; production and rehearsal compose it differently.</summary>
public sealed record ProviderEnvironment
{
    public required TimeProvider Time { get; init; }

    public required IRandomSource Random { get; init; }

    /// <summary>The wire: a sockets handler in production, the worlds in rehearsal.</summary>
    public required HttpMessageHandler Transport { get; init; }

    public required IWriterGuard Guard { get; init; }

    /// <summary>Reads an environment variable such as <c>HCLOUD_ENDPOINT</c>; null where it is not set.</summary>
    public required Func<string, string?> Environment { get; init; }

    /// <summary>Told of each request when its reply came; for budgets and reports. Never of bodies.</summary>
    public Action<RequestRecord> Recorded { get; init; } = static _ => { };
}

/// <summary>One request and how it ended.</summary>
/// <param name="Provider">For example <c>hetzner</c>.</param>
/// <param name="Method">GET, POST, PUT or DELETE.</param>
/// <param name="Path">The path without its query.</param>
/// <param name="Status">The HTTP status, or 0 where no reply came.</param>
public sealed record RequestRecord(string Provider, string Method, string Path, int Status);

/// <summary>Chance for jitter and names; seeded in rehearsal. Never makes keys.</summary>
public interface IRandomSource
{
    /// <summary>At least 0, less than 1.</summary>
    double NextDouble();

    void Fill(Span<byte> bytes);
}

/// <summary>Says whether we may still write: the lease must outlast the request.</summary>
public interface IWriterGuard
{
    /// <summary>
    /// Returns when the lease lasts longer than <paramref name="requestTimeout"/>, renewing it if need be; throws
    /// <see cref="ProviderErrorCode.NotWriter"/> otherwise. Called right before every request that changes things.
    /// </summary>
    Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation);
}

/// <summary>The values behind the declaration's references, looked up before anything is planned.</summary>
public interface ISecretValues
{
    /// <summary>The value, or null where the reference leads nowhere; the caller says so in a diagnostic.</summary>
    string? Find(SecretReference reference);
}
