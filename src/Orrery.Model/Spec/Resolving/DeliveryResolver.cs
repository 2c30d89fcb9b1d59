using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Makes what a cluster runs, and what delivers it: repository, certificates, GitOps, components.</summary>
internal static class DeliveryResolver
{
    private static readonly Field[] OfEveryComponent =
        [ComponentFields.Version, ComponentFields.Namespace, ComponentFields.Values];

    public static Repository RepositoryOf(Section spec)
    {
        var rotates = spec.Under(RepositoryFields.DeployKey).TryGet(RepositoryFields.RotateAfter, out var after);
        return new Repository
        {
            Url = spec.Get(RepositoryFields.Url),
            Branch = spec.Get(RepositoryFields.Branch),
            Path = spec.Get(RepositoryFields.Path),
            Token = spec.Find(RepositoryFields.Token),
            Push = spec.Get(RepositoryFields.Push) == "direct" ? PushMode.Direct : PushMode.PullRequest,
            DeployKeyRotateAfter = rotates ? after : null,
        };
    }

    public static Acme AcmeOf(Section spec) => new(
        spec.Get(AcmeFields.Email),
        spec.Get(AcmeFields.Environment) == "staging" ? AcmeEnvironment.Staging : AcmeEnvironment.Production,
        ChallengeOf(spec.Under(AcmeFields.Challenge)));

    private static AcmeChallenge ChallengeOf(Section spec) =>
        spec.Has(AcmeFields.Http01) ? AcmeChallenge.Http
        : spec.Find(AcmeFields.Dns01) == "powerdns" ? AcmeChallenge.PowerDns
        : AcmeChallenge.Tls;

    public static GitOpsEngine? GitOpsOf(Section cluster)
    {
        var engine = cluster.Under(ClusterKind.GitOps);
        if (engine.Has(GitOpsFields.Flux))
            return new GitOpsEngine.Flux();
        if (engine.Find(GitOpsFields.ArgoCd) is not { } spec)
            return null;
        return new GitOpsEngine.ArgoCd
        {
            Apps = spec.Get(GitOpsFields.Apps),
            Host = spec.Find(GitOpsFields.Host),
            Projects = (spec.Find(GitOpsFields.Projects) ?? []).Select(project => project.Name).ToValueList(),
            ImageUpdater = spec.Find(GitOpsFields.ImageUpdater) is { } updater ? ImageUpdaterOf(updater) : null,
        };
    }

    public static ClusterSecrets SecretsOf(Section cluster)
    {
        var secrets = cluster.Under(ClusterKind.Secrets);
        return new ClusterSecrets(secrets.Has(ClusterKind.SealedSecrets))
        {
            Sops = secrets.Has(ClusterKind.Sops),
            Vault = secrets.Find(ClusterKind.Vault) is { } vault
                ? new ClusterVault(vault.Get(ClusterKind.ExternalSecrets))
                : null,
        };
    }

    public static ValueMap<Component> ComponentsOf(Section cluster) =>
        cluster.Under(ClusterKind.Components).Node.Entries.ToValueMap(entry => entry.Key, ComponentOf);

    private static ImageUpdater ImageUpdaterOf(Section spec) => new()
    {
        Registry = spec.Get(GitOpsFields.Registry),
        AllowTags = spec.Find(GitOpsFields.AllowTags),
        Update = spec.Get(GitOpsFields.Update) switch
        {
            "newest-build" => UpdateStrategy.NewestBuild,
            "alphabetical" => UpdateStrategy.Alphabetical,
            "digest" => UpdateStrategy.Digest,
            _ => UpdateStrategy.Semver,
        },
        Interval = spec.Get(GitOpsFields.Interval),
        Images = (spec.Find(GitOpsFields.Images) ?? []).ToValueMap(image => image.Name, image => new FollowedImage(
            image.Name,
            image.Value.Find(GitOpsFields.Application) ?? image.Name,
            image.Value.Get(GitOpsFields.Image))),
    };

    private static Component ComponentOf(Entry entry)
    {
        var section = new Section(entry.Value as MappingNode ?? new MappingNode(entry.KeyMark, entry.KeyMark, []));
        return new Component
        {
            Name = entry.Key,
            Options = OptionsOf(entry.Key, section),
            Secrets = ValueMap.From(SecretsOf(
                section.Node, ComponentFields.Shape.Fields.FirstOrDefault(field => field.Name == entry.Key)?.Shape)),
            Version = section.Find(ComponentFields.Version),
            Namespace = section.Find(ComponentFields.Namespace),
            Values = section.Find(ComponentFields.Values) is { } values ? NodeValue.Of(values) : Value.Map.Empty,
        };
    }

    private static IEnumerable<KeyValuePair<string, SecretReference>> SecretsOf(
        MappingNode node, Shape? shape, string above = "")
    {
        foreach (var option in (shape?.Objects ?? []).SelectMany(each => each.Fields))
        {
            if (node.Find(option.Name) is not MappingNode written)
                continue;
            if (option is Field<SecretReference> secret && secret.TryRead(written, out var reference))
                yield return KeyValuePair.Create(above + option.Name, reference);
            foreach (var deeper in SecretsOf(written, option.Shape, $"{above}{option.Name}."))
                yield return deeper;
        }
    }

    private static Value.Map OptionsOf(string name, Section section)
    {
        var fields = ComponentFields.Shape.Fields.FirstOrDefault(field => field.Name == name)?.Shape.Objects ?? [];
        var options = new List<KeyValuePair<string, Value>>();
        foreach (var option in fields.SelectMany(shape => shape.Fields).Except(OfEveryComponent))
        {
            if (section.Node.Find(option.Name) is { } written)
                options.Add(KeyValuePair.Create(option.Name, NodeValue.Of(written)));
            else if (option.Default is not null)
                options.Add(KeyValuePair.Create(option.Name, NodeValue.OfPlain(option.Default)));
        }

        return new Value.Map(ValueMap.From(options));
    }
}
