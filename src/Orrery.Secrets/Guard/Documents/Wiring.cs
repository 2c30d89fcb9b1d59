namespace Orrery.Secrets.Guard.Documents;

/// <summary>What of a file decides whether the cluster decrypts what is encrypted.</summary>
/// <param name="Place">Its beginning, for what is to be told of it.</param>
/// <param name="Documents">Those that kustomize and Flux read; none for other files.</param>
/// <param name="IsEncryptedObject">It is a Kubernetes object, encrypted by SOPS.</param>
/// <param name="IsManifest">It ends as manifests do.</param>
internal sealed record WiringFile(
    Finding Place, IReadOnlyList<ObjectMap> Documents, bool IsEncryptedObject, bool IsManifest)
{
    public string Path => Place.Path;

    public Finding Tell(GuardRule rule, string shown, string detail) =>
        Place with { Rule = rule, Shown = shown, Detail = detail };

    private static readonly string[] Marks =
        ["kustomize.toolkit.fluxcd.io", "kustomize.config.k8s.io", "kind: ksops", "viaduct.ai"];

    /// <summary>Whether its documents say what is applied how.</summary>
    public static bool Matters(GuardedText file) =>
        Kustomize.FileNames.Contains(TreePath.Name(file.Path), StringComparer.Ordinal)
        || Array.Exists(Marks, mark => file.Text.Contains(mark, StringComparison.Ordinal));
}

/// <summary>
/// Encrypted objects that would reach a cluster as they are: through Flux without decryption, or through kustomize
/// without KSOPS. A cluster takes ciphertext for the value and says nothing.
/// </summary>
internal sealed class Wiring
{
    private readonly Kustomize _kustomize;
    private readonly IReadOnlyList<FluxKustomization> _flux;
    private readonly HashSet<string> _generated;
    private readonly bool _knowsAllPaths;

    private Wiring(IReadOnlyList<WiringFile> files)
    {
        _kustomize = new Kustomize(files);
        _flux = FluxKustomization.Of(files, _kustomize);
        _generated = _kustomize.Generated();
        _knowsAllPaths = _flux.All(flux => flux.IsPathKnown);
    }

    public static IEnumerable<Finding> Find(IReadOnlyList<WiringFile> files)
    {
        var encrypted = files.Where(file => file.IsEncryptedObject).ToArray();
        if (encrypted.Length == 0)
            return [];
        var wiring = new Wiring(files);
        return encrypted.Select(wiring.Find).OfType<Finding>();
    }

    private Finding? Find(WiringFile file)
    {
        var path = file.Path;
        var appliers = _flux.Where(flux => flux.Reached.Contains(path)).ToArray();
        if (appliers.Length > 0)
        {
            return appliers.FirstOrDefault(flux => !flux.Decrypts) is { } without
                ? file.Tell(
                    GuardRules.FluxDecryption, $"Kustomization {without.Name} in {without.File}",
                    without.Lacks)
                : null;
        }

        if (_generated.Contains(path))
            return null;
        // A path with a variable in it may lead here.
        if (!_knowsAllPaths)
            return null;
        if (_kustomize.TakenBy(path) is { } taker)
        {
            return file.Tell(
                GuardRules.KsopsResource, $"resources of {taker}",
                "What stands in resources is applied as it is: name it in a KSOPS generator instead.");
        }

        return _kustomize.NearestAbove(path) is { } folder
            ? file.Tell(
                GuardRules.KsopsGenerator, $"beside {folder}",
                "No generator of kind ksops that a kustomization uses names it.")
            : null;
    }
}
