using System.Globalization;
using Orrery.Engine.Ports;
using Orrery.GitOps.Catalog;
using Orrery.GitOps.Delivery;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Clusters.Rebuilds;
using Orrery.Providers.Git;
using Orrery.Providers.GitHub;
using Orrery.Providers.Keys;
using Orrery.Providers.Talos.Kinds;
using Orrery.Providers.Vault;
using Orrery.Providers.Vault.Kinds;

namespace Orrery.Providers.Clusters;

/// <summary>
/// How a cluster is handed to its GitOps engine: the tree in the repository, the key that reads it, the secrets that
/// must be there first, the engine, its root, and that all of it became healthy. Pure.
/// </summary>
internal sealed class HandOffGraph
{
    /// <summary>GitHub takes any name beside a token; this one says that it is none of a person.</summary>
    private const string TokenUser = "x-access-token";

    /// <summary>
    /// Everything that the engine delivers becomes healthy within this, or the run ends with a diagnosis.
    /// </summary>
    private static readonly TimeSpan ConvergenceMax = TimeSpan.FromHours(1);

    /// <summary>External Secrets logs in again before each of them is over.</summary>
    private const decimal TokenSeconds = 600;

    private readonly Platform _platform;
    private readonly Cluster _cluster;
    private readonly GitOpsEngine _engine;
    private readonly Bootstrap _bootstrap;
    private readonly ResourceAddress _starter;
    private readonly ManifestResources _objects;
    private readonly ISecretValues _secrets;
    private readonly string? _token;
    private readonly List<Resource> _resources = [];

    private HandOffGraph(
        Platform platform, Cluster cluster, GitOpsEngine engine, Bootstrap bootstrap,
        ISecretValues secrets)
    {
        (_platform, _cluster, _engine, _bootstrap, _secrets) = (platform, cluster, engine, bootstrap, secrets);
        _token = platform.Repository.Token is { } reference ? secrets.Find(reference) : null;
        _starter = StarterOf(cluster);
        _objects = new ManifestResources(cluster);
    }

    /// <summary>What starts a cluster, and says which one it is.</summary>
    public static ResourceAddress StarterOf(Cluster cluster)
    {
        if (cluster.Distribution is Distribution.Talos)
            return ResourceAddress.Of(cluster.Name, ApiServerHandler.Definition.Type, "api");
        var first = cluster.NodePools.Values.First(pool => pool.Role == NodeRole.ControlPlane);
        return ResourceAddress.Of(cluster.Name, "machine/k3s", first.NodeNames().First());
    }

    /// <summary>Nothing for a cluster that follows no repository.</summary>
    public static IEnumerable<Resource> Of(Platform platform, string name, ISecretValues secrets)
    {
        var cluster = platform.Clusters[name];
        if (cluster.GitOps is not { } engine
            || Bootstrap.Of(platform, cluster) is not { } bootstrap
            || !cluster.NodePools.Values.Any(pool => pool.Role == NodeRole.ControlPlane))
            return [];
        var graph = new HandOffGraph(platform, cluster, engine, bootstrap, secrets);
        graph.Build();
        return graph._resources;
    }

    private ResourceAddress NewestDeployKey =>
        KeysGraph.DeployKey(_cluster.Name, _cluster.GenerationOf(KeyNames.Deploy));

    private int SealedSecretsKeys =>
        _cluster.Secrets.SealedSecrets ? _cluster.GenerationOf(KeyNames.SealedSecrets) : 0;

    private int SopsIdentities =>
        _cluster.Secrets.Sops ? _cluster.GenerationOf(KeyNames.ClusterIdentity) : 0;

    private void Build()
    {
        var key = GitHubName.Of(_platform.Repository.Url) is { } repository ? Add(DeployKey(repository)) : null;
        var spaces = _bootstrap.Namespaces.Select(space => Add(_objects.Of(space))).ToArray();
        // Nobody uses a key that is not registered yet, and none goes that is still used.
        var secrets = Secrets().Select(secret => Add(_objects.Of(
            secret, IsRepository(secret) && key is not null ? [.. spaces, key] : spaces))).ToArray();
        // A tree of another generation restarts who reads its keys: they are there before.
        var tree = Add(Tree(secrets.Where(secret => IsLaterKey(secret.Address))));
        var accounts = _bootstrap.Accounts.Select(account => Add(_objects.Of(account, spaces))).ToArray();
        Resource[] restored = ClusterIssuers.Orders(_platform, _cluster) ? [Add(Restored(spaces))] : [];
        Resource[] before = [.. secrets, .. restored, .. NetworkGraph.GateOf(_platform, _cluster)];
        var engine = _objects.Chain(_bootstrap.Engine, before).ToArray();
        _resources.AddRange(engine);
        var there = engine.Append(tree).Concat(key is null ? [] : [key]).ToArray();
        var root = new List<Resource>();
        foreach (var manifest in _bootstrap.Root)
            root.Add(Add(_objects.Of(manifest, [.. there, .. root])));
        var converged = Add(Convergence(root));
        if (restored.Length > 0)
            Add(Kept([converged]));
        if (VaultAccess.Has(_cluster))
            FillVault([.. root, .. accounts]);
    }

    /// <summary>Certificates are there before anybody could order them again.</summary>
    private Resource Restored(IEnumerable<Resource> needs) => new()
    {
        Address = Address(RestoredCertificatesHandler.Definition, "all"),
        Desired = RestoredCertificatesHandler.Desired(
            ClusterId, [.. needs.Select(IdOf), new Value.Unknown(KeysGraph.Certificates(_cluster.Name).Output("id"))]),
        Lifecycle = new Lifecycle { EndsWith = _starter },
    };

    private Resource Kept(IEnumerable<Resource> needs) => new()
    {
        Address = Address(KeptCertificatesHandler.Definition, "all"),
        Desired = KeptCertificatesHandler.Desired(
            ClusterId, [.. needs.Select(IdOf), new Value.Unknown(KeysGraph.Certificates(_cluster.Name).Output("id"))]),
        Lifecycle = new Lifecycle { EndsWith = _starter, Deadline = ConvergenceMax },
    };

    /// <summary>
    /// What the Vault holds for the cluster, once the engine has delivered it. Everything that waits for it in the
    /// cluster waits by itself.
    /// </summary>
    private void FillVault(IReadOnlyList<Resource> needs)
    {
        var engine = Add(InVault(
            VaultEngineHandler.Definition, VaultAccess.Engine, needs, ("type", "kv-v2")));
        if (_cluster.Secrets.Vault is { ExternalSecrets: true })
        {
            var policy = Add(InVault(
                VaultPolicyHandler.Definition, VaultAccess.Reader, [engine], ("text", VaultAccess.ReaderPolicy)));
            Add(InVault(
                VaultRoleHandler.Definition, VaultAccess.Reader, [policy],
                ("accounts", Value.ListOf([VaultAccess.Reader])),
                ("namespaces", Value.ListOf([VaultAccess.Reader])),
                ("audience", VaultAccess.Audience),
                ("policies", Value.ListOf([VaultAccess.Reader])),
                ("tokenSeconds", new Value.Number(TokenSeconds))));
        }

        foreach (var name in VaultDocuments.Of(_cluster).Keys)
        {
            var text = _cluster.Documents.First(document => VaultDocuments.NameOf(document.Key) == name).Value;
            Add(InVault(
                VaultSecretHandler.Definition, name, [engine], ("content", DocumentSource.DigestOf(text))));
        }
    }

    private Resource InVault(
        ResourceKind kind, string name, IEnumerable<Resource> needs,
        params ReadOnlySpan<(string Key, Value Value)> fields) => new()
        {
            Address = Address(kind, name),
            Desired = VaultHandler.Desired(ClusterId, name, needs.Select(IdOf), fields),
            Lifecycle = new Lifecycle { EndsWith = _starter, Deadline = ConvergenceMax },
        };

    private Resource Add(Resource resource)
    {
        _resources.Add(resource);
        return resource;
    }

    /// <summary>The repository is people's too: what stands in it outlives the platform.</summary>
    private Resource Tree(IEnumerable<Resource> needs)
    {
        var rendered = GitOpsTree.Of(_platform).Value
            ?? throw new InvariantException("a declaration that is valid renders");
        var files = rendered.Files.ToDictionary(
            file => RepositoryAddress.InRepository(_platform.Repository, file.Key), file => file.Value);
        var remote = new GitRemote(_platform.Repository.Url, _platform.Repository.Branch);
        var desired = GitTree.Desired(
            remote, files.Keys.Order(StringComparer.Ordinal).ToValueList(), ValueMap.From(files),
            $"Render {_platform.Name}",
            _platform.Repository.Push == PushMode.Direct ? null : $"orrery/{_cluster.Name}");
        return new Resource
        {
            Address = Address(GitTreeHandler.Definition, "rendered"),
            Desired = GitTree.After(GitTree.With(desired, Documents()), needs.Select(IdOf)),
            Lifecycle = new Lifecycle { Protect = true },
        };
    }

    private static bool IsRepository(Value.Map manifest) =>
        manifest["metadata"] is Value.Map metadata && metadata["name"].AsText() == BootstrapSecrets.RepositoryName;

    /// <summary>A run that changes who reads a document pushes it as it is after that.</summary>
    private ValueMap<(Value Id, Value Content)> Documents() => ValueMap.From(
        from cluster in _platform.Clusters.Values
        let paths = SecretDocuments.PathsOf(cluster)
        from name in KeysGraph.DocumentsOf(cluster)
        where paths.ContainsKey(name)
        let document = KeysGraph.Document(cluster.Name, name)
        select KeyValuePair.Create(
            RepositoryAddress.InRepository(_platform.Repository, paths[name]),
            ((Value)new Value.Unknown(document.Output("blob")), (Value)new Value.Unknown(document.Output("text")))));

    private bool IsLaterKey(ResourceAddress address) =>
        (SopsIdentities > 1 && address.Name.EndsWith($".{BootstrapSecrets.SopsAgeName}", StringComparison.Ordinal))
        || Enumerable.Range(2, Math.Max(0, SealedSecretsKeys - 1))
        .Any(generation => address.Name.EndsWith($".{SealedSecretsKeyName(generation)}", StringComparison.Ordinal));

    private static string SealedSecretsKeyName(int generation) =>
        string.Create(CultureInfo.InvariantCulture, $"sealed-secrets-key-{generation}");

    private Resource DeployKey(GitHubName repository) => new()
    {
        Address = Address(DeployKeyHandler.Definition, "gitops"),
        Desired = DeployKeyHandler.Desired(
            repository, new Value.Unknown(NewestDeployKey.Output("publicKey"))),
        Lifecycle = new Lifecycle { ReplaceOrder = ReplaceOrder.CreateFirst },
    };

    private IEnumerable<Value.Map> Secrets()
    {
        for (var generation = 1; generation <= SealedSecretsKeys; generation++)
        {
            var pair = KeysGraph.SealedSecretsKey(_cluster.Name, generation);
            yield return BootstrapSecrets.SealedSecretsKey(
                SealedSecretsKeyName(generation),
                new Value.Unknown(pair.Output("certificate")),
                new Value.Sensitive(new Value.Unknown(pair.Output("key"))));
        }

        if (SopsIdentities > 0)
        {
            yield return BootstrapSecrets.SopsAge(
                _engine, Identity(SopsIdentities), SopsIdentities > 1 ? Identity(SopsIdentities - 1) : null);
        }

        yield return BootstrapSecrets.Repository(
            _engine, _platform.Repository,
            new Value.Sensitive(new Value.Unknown(NewestDeployKey.Output("privateKey"))),
            new Value.Unknown(NewestDeployKey.Output("publicKey")));
        foreach (var (space, secret) in _bootstrap.Secrets)
            yield return BootstrapSecrets.Of(secret, space, ValueOf);

        if (VaultAccess.Has(_cluster))
        {
            yield return BootstrapSecrets.VaultSeal(
                new Value.Sensitive(new Value.Unknown(KeysGraph.VaultSealKey(_cluster.Name).Output("key"))));
        }

        if (_engine is not GitOpsEngine.ArgoCd { ImageUpdater: { } updater } || _token is null)
            yield break;
        var token = new Value.Sensitive(_token);
        yield return BootstrapSecrets.ImageUpdaterWriteBack(TokenUser, token);
        yield return BootstrapSecrets.ImagePull("argocd", updater.Registry, TokenUser, token);
    }

    private Value? ValueOf(SecretSource source) => source switch
    {
        SecretSource.Password password => Kept(KeysGraph.Password(_cluster.Name, password.Name), "password"),
        SecretSource.TransferKey => Kept(KeysGraph.TransferKey(_cluster.Name), "key"),
        SecretSource.UpdateKey => Kept(KeysGraph.UpdateKey(_cluster.Name), "key"),
        SecretSource.ProxmoxTokenName name => new Value.Unknown(NewestToken(name.User).Output("token")),
        SecretSource.ProxmoxTokenSecret secret => Kept(NewestToken(secret.User), "secret"),
        SecretSource.Given given => _secrets.Find(given.From) is { } value ? new Value.Sensitive(value) : null,
        SecretSource.Plain plain => plain.Text,
        _ => throw new InvariantException($"nobody has a {source.GetType().Name}"),
    };

    private ResourceAddress NewestToken(string user) =>
        KeysGraph.ProxmoxToken(_cluster.Name, user, _cluster.GenerationOf(KeyNames.TokenOf(user)));

    private static Value.Sensitive Kept(ResourceAddress key, string output) =>
        new(new Value.Unknown(key.Output(output)));

    private Value.Sensitive Identity(int generation) =>
        new(new Value.Unknown(KeysGraph.ClusterIdentity(_cluster.Name, generation).Output("identity")));

    private Resource Convergence(IEnumerable<Resource> root) => new()
    {
        Address = Address(ConvergenceHandler.DefinitionOf(_engine), "all"),
        Desired = Value.MapOf(
            ("cluster", ClusterId),
            ("expected", Value.ListOf(_bootstrap.Delivered.Select(name => (Value)name))),
            ("notReady", Value.ListOf([])),
            ("needs", Value.ListOf(root.Select(IdOf)))),
        Lifecycle = new Lifecycle { EndsWith = _starter, Deadline = ConvergenceMax },
    };

    private Value.Unknown ClusterId => new(_starter.Output("clusterId"));

    private static Value IdOf(Resource resource) => new Value.Unknown(resource.Address.Output("id"));

    private ResourceAddress Address(ResourceKind kind, string name) =>
        ResourceAddress.Of(_cluster.Name, kind.Type, name);
}
