using Orrery.Cli.Composition;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Keys.Kinds;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;

namespace Orrery.Cli.Secrets;

/// <summary>
/// Looks at everything encrypted that a platform has: opens it where it can, and compares its readers with those that
/// the declaration wants. Reads only.
/// </summary>
internal sealed class Doctor(Host host, Loaded loaded)
{
    private readonly List<Diagnostic> _problems = [];
    private readonly ValueList<string> _recovery = loaded.Platform.Recovery.Recipients;
    private readonly ValueMap<string> _clusters = PlatformRules.RecipientsOf(loaded);

    public SecretsReport Examine()
    {
        var identities = Identities();
        var files = ReadableSecrets.FilesOf(loaded).Select(path => Examine(path, identities)).ToList();
        files.AddRange(Missing(files));
        files.Sort((one, other) => string.CompareOrdinal(one.Path, other.Path));
        CheckRoots(identities);
        CheckRules();
        return new SecretsReport(ReadersOf(files, identities), files, _problems);
    }

    /// <summary>The declared recovery identity, and whatever else <c>orrery secret</c> finds.</summary>
    private List<IKeyHolder> Identities()
    {
        var own = FoundSecrets.Find(host, loaded, NeededSecrets.Identity(loaded.Platform)).Value
            ?.Find(loaded.Platform.Recovery.Identity);
        var identities = new List<IKeyHolder>();
        if (own is not null)
            identities.AddRange(ProtectedIdentity.Read(host, own, "the recovery identity").Identities);
        identities.AddRange(SopsIdentities.Find(host).Identities);
        return [.. identities.DistinctBy(identity => $"{identity.Recipient}")];
    }

    private SecretFileReport Examine(string path, List<IKeyHolder> identities)
    {
        var bytes = File.ReadAllBytes(Path.Combine(loaded.Folder, path));
        var readers = SopsReaders.Of(path, bytes);
        if (readers.Count == 0)
            _problems.Add(KeysDiagnostics.Plain(path));
        else if (readers.Except(AllowedOf(path)).ToValueList() is { Count: > 0 } strangers)
            _problems.Add(KeysDiagnostics.OtherReaders(path, strangers));
        if (AllowedOf(path).Except(readers).ToValueList() is { Count: > 0 } shut && readers.Count > 0)
            _problems.Add(DoctorCodes.ShutOut.At(
                null, $"{path} cannot be opened by {string.Join(", ", shut.Select(NameOf))}.",
                [$"wrap it for all who should: orrery up {loaded.Path}"]));
        return new SecretFileReport(
            path, readers.Count == 0 ? "plain" : StateOf(path, bytes, identities), readers, WhenLost(path));
    }

    private string StateOf(string path, byte[] bytes, List<IKeyHolder> identities)
    {
        try
        {
            SopsFile.Decrypt(bytes, SopsFormats.OfPath(path), identities);
            return "opens";
        }
        catch (SopsException exception) when (exception.Failure == SopsFailure.NoKey)
        {
            return "closed";
        }
        catch (Exception exception) when (exception is SopsException or AgeException)
        {
            _problems.Add(SecretCodes.Damaged.At(
                null, $"{path}: {exception.Message}.", [$"take it as it was from Git: git checkout -- {path}"]));
            return "damaged";
        }
    }

    /// <summary>
    /// Keys without which the platform cannot be made again as it was; before its first run none is missed.
    /// </summary>
    private IEnumerable<SecretFileReport> Missing(List<SecretFileReport> files)
    {
        var isUp = File.Exists(new StateFolder(loaded.Folder).PathOf("state.json"));
        string[] missing =
        [
            .. loaded.Platform.Clusters.Values.SelectMany(cluster => KeysGraph.Of(loaded.Platform, cluster, _recovery))
                .Select(resource => resource.Desired["file"].AsText() ?? "")
                .Where(path => !files.Exists(file => file.Path == path)),
        ];
        if (isUp && missing.Length > 0)
        {
            _problems.Add(DoctorCodes.Missing.At(
                null, $"The platform was made with {string.Join(", ", missing)}.",
                ["bring them back from Git: git checkout -- secrets"]));
        }

        return missing.Select(path => new SecretFileReport(path, isUp ? "missing" : "not yet", [], WhenLost(path)));
    }

    private void CheckRoots(List<IKeyHolder> identities)
    {
        if (_recovery.Count == 1)
        {
            _problems.Add(DoctorCodes.OneRoot.At(
                null, $"{_recovery[0]} is the only recovery recipient.",
                ["make a second one, and keep it elsewhere:", $"  orrery secret init {loaded.Path} --identity FILE"]));
        }

        if (!identities.Exists(identity => _recovery.Contains($"{identity.Recipient}")))
        {
            _problems.Add(DoctorCodes.NoRoot.At(
                null, "No recovery identity is at hand, so nothing could be opened to see whether it is whole.",
                [$"set {{ {loaded.Platform.Recovery.Identity} }}"]));
        }
    }

    private void CheckRules()
    {
        var rules = new PlatformRules(loaded.Folder);
        if (rules.AreOurs ? rules.Are(_recovery, _clusters) : FitsForeign(rules))
            return;
        _problems.Add(DoctorCodes.Rules.At(
            null, $"{(File.Exists(rules.FilePath) ? "It says something else" : "It is not there")}: {rules.FilePath}.",
            [$"orrery secret init {loaded.Path}"]));
    }

    /// <summary>Rules of somebody's own are right where they choose the readers that we would.</summary>
    private bool FitsForeign(PlatformRules rules)
    {
        var samples = _clusters.Keys.Select(cluster => $"secrets/{cluster}/sample.sops.yaml")
            .Append("secrets/sample.sops.yaml");
        return samples.All(path => rules.ReadersOf(path).Order(StringComparer.Ordinal)
            .SequenceEqual(AllowedOf(path).Order(StringComparer.Ordinal), StringComparer.Ordinal));
    }

    /// <summary>Who must be able to open a file, and nobody else.</summary>
    private IEnumerable<string> AllowedOf(string path) =>
        path.Split('/') is ["secrets", var cluster, _] && _clusters.TryGetValue(cluster, out var recipient)
            ? _recovery.Append(recipient)
            : _recovery;

    private List<SecretReader> ReadersOf(List<SecretFileReport> files, List<IKeyHolder> identities)
    {
        var known = _recovery.Concat(_clusters.Values).Concat(files.SelectMany(file => file.Readers)).Distinct();
        return [.. known.Select(recipient => new SecretReader(
            NameOf(recipient),
            recipient,
            identities.Exists(identity => $"{identity.Recipient}" == recipient),
            [.. files.Where(file => file.Readers.Contains(recipient)).Select(file => file.Path)],
            [.. files.Where(file => file.Readers.Count == 1 && file.Readers[0] == recipient)
                .Select(file => file.Path)]))];
    }

    private string NameOf(string recipient)
    {
        var at = _recovery.ToList().IndexOf(recipient);
        return at >= 0 ? $"recovery {at + 1}"
            : _clusters.Where(cluster => cluster.Value == recipient).Select(cluster => $"cluster {cluster.Key}")
                .FirstOrDefault() ?? "stranger";
    }

    private static string WhenLost(string path) => KeyPath.Parse(path)?.Key switch
    {
        KeyNames.ClusterIdentity => "the cluster's documents open with a recovery identity alone; make the next one",
        KeyNames.Deploy => "nothing: the next one is made and registered",
        KeyNames.SealedSecrets => "what was sealed to it opens in no rebuilt cluster",
        "k3s-authorities" => "a rebuilt cluster has other authorities: every kubeconfig is void",
        "k3s-token" => "no node joins, and no backup of the datastore opens",
        { } key when key.StartsWith("password-", StringComparison.Ordinal) => "people must set a new password",
        { } key when KeyNames.NameOf(key) == KeyNames.ProxmoxToken => "nothing: the next one is made over SSH",
        null => "what it holds, if it stands nowhere else",
        _ => "what it opens",
    };
}
