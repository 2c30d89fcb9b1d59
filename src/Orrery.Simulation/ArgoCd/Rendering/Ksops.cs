using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Sops;

namespace Orrery.Simulation.ArgoCd.Rendering;

/// <summary>
/// KSOPS as a generator of kustomize (https://github.com/viaduct-ai/kustomize-sops), in the container that renders:
/// decrypts files with the keys that it finds there.
/// </summary>
internal sealed class Ksops(RepoServer server)
{
    private const string Function = "config.kubernetes.io/function";

    /// <summary>What the generators of a kustomization give.</summary>
    /// <param name="generators">Paths of their files, or their text.</param>
    public IEnumerable<JsonObject> Generate(ValueMap<string> files, string folder, JsonArray generators) =>
        generators.SelectMany(entry => Load(files, folder, entry.Text() ?? ""))
            .SelectMany(generator => Run(files, folder, generator));

    private static IEnumerable<JsonObject> Load(ValueMap<string> files, string folder, string entry)
    {
        if (entry.Contains('\n', StringComparison.Ordinal))
            return PlainFolder.Read(folder, entry);
        var path = Paths.Join(folder, entry);
        return files.TryGetValue(path, out var content) ? PlainFolder.Read(path, content) : throw new ManifestException(
            $"loading generator plugins: accumulation err='accumulating resources from '{entry}': evalsymlink failure"
            + $" on '/{path}' : lstat /{path}: no such file or directory'");
    }

    private IEnumerable<JsonObject> Run(ValueMap<string> files, string folder, JsonObject generator)
    {
        var kind = generator.TextAt("kind");
        if (!server.BuildOptions.Contains("--enable-alpha-plugins"))
        {
            throw new ManifestException("loading generator plugins: failed to load generator: external plugins"
                + $" disabled; unable to load external plugin '{kind}'");
        }

        var function = YamlDocuments.Parse(generator.At("metadata", "annotations").TextAt(Function) ?? "");
        if (function.TextAt("exec", "path") is not { } program)
        {
            throw new ManifestException("loading generator plugins: failed to load generator: unable to find plugin"
                + $" root - tried: ('{server.Variable("XDG_CONFIG_HOME")}'; homed in $XDG_CONFIG_HOME)");
        }

        // Without this option kustomize passes over such a generator in silence:
        // https://github.com/kubernetes-sigs/kustomize/issues/4399
        if (!server.BuildOptions.Contains("--enable-exec"))
            return [];
        if (program != "ksops" || !server.Has(program))
        {
            throw new ManifestException(
                $"couldn't execute function: exec: \"{program}\": executable file not found in $PATH");
        }

        if (generator["secretFrom"] is not null)
            throw new ManifestException("the simulated KSOPS does not support secretFrom");
        return generator["files"] is JsonArray names
            ? names.SelectMany(name => Decrypt(files, folder, name.Text() ?? ""))
            : throw Failed("missing the required 'files' or 'secretFrom' key in the ksops manifests");
    }

    private IEnumerable<JsonObject> Decrypt(ValueMap<string> files, string folder, string name)
    {
        var before = $"error decrypting file \"{name}\" from manifest.Files: ";
        if (!files.TryGetValue(Paths.Join(folder, name), out var content))
            throw Failed($"{before}error reading \"{name}\": open {name}: no such file or directory");
        try
        {
            return SopsReader.Open(content, SopsReader.FormatOf(name), Keys(), checksMac: true);
        }
        catch (SopsRefusal refusal)
        {
            throw Failed($"{before}trouble decrypting file: {refusal.Message}");
        }
    }

    /// <summary>SOPS takes the keys of all places together.</summary>
    private List<AgeKey> Keys()
    {
        var keys = new List<AgeKey>();
        var home = server.Variable("XDG_CONFIG_HOME") ?? "/home/argocd/.config";
        string?[] places = [server.Variable("SOPS_AGE_KEY_FILE"), $"{home}/sops/age/keys.txt"];
        foreach (var text in places.Select(place => place is null ? null : server.ReadFile(place))
            .Append(server.Variable("SOPS_AGE_KEY")).OfType<string>())
            keys.AddRange(AgeKey.ReadAll(text) ?? []);
        return keys;
    }

    private static ManifestException Failed(string said) =>
        new($"couldn't execute function: exit status 1: unable to generate manifests: {said}");
}
