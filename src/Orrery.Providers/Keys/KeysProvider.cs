using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Keys.Kinds;

namespace Orrery.Providers.Keys;

/// <summary>The keys of our own making, kept encrypted in the declaration's repository.</summary>
public sealed class KeysProvider : IProvider, ICompletesClusters
{
    private readonly KeyFolder _folder;

    public KeysProvider(KeysEnvironment environment)
    {
        _folder = new KeyFolder(environment);
        Handlers =
        [
            new SealedSecretsKeyHandler(_folder),
            new ClusterIdentityHandler(_folder),
            new K3sAuthoritiesHandler(_folder),
            new K3sTokenHandler(_folder),
            new DeployKeyHandler(_folder),
            new PasswordHandler(_folder),
            new VaultSealKeyHandler(_folder),
        ];
    }

    public string Name => "secret";

    public IReadOnlyList<IResourceHandler> Handlers { get; }

    public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets) =>
        KeysGraph.Of(cluster, _folder.Recipients);

    public async Task<Cluster> CompleteAsync(Cluster cluster, CancellationToken cancellation) => cluster with
    {
        KeyGenerations = await _folder.GenerationsAsync(cluster.Name, cancellation),
        Documents = await _folder.DocumentsAsync(cluster.Name, cancellation),
    };

    /// <summary>Whether somebody can open a key of this cluster who must not.</summary>
    public async Task<ValueList<Diagnostic>> CheckAsync(Cluster cluster, CancellationToken cancellation)
    {
        var diagnostics = new List<Diagnostic>();
        foreach (var resource in KeysGraph.Of(cluster, _folder.Recipients))
        {
            var path = resource.Desired["file"].AsText() ?? "";
            if (await _folder.ReadAsync(path, resource.Type, cancellation) is not { } file)
                continue;
            if (file.Content.Recipients.Except(_folder.Recipients).ToValueList() is { Count: > 0 } former)
                diagnostics.Add(KeysDiagnostics.OtherReaders(path, former));
        }

        return diagnostics.ToValueList();
    }
}
