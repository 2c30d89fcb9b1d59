using System.Text;
using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;
using Orrery.Simulation.Sops;

namespace Orrery.Simulation.Flux;

/// <summary>
/// Decryption for one Kustomization (https://github.com/fluxcd/kustomize-controller, internal/decryptor): with the age
/// keys of its Secret, and without a look at the MAC, because a build changes more than values.
/// </summary>
internal sealed class Decryptor
{
    private const string KeyEnding = ".agekey";

    private readonly JsonNode? _decryption;
    private readonly List<AgeKey> _keys = [];

    /// <exception cref="ManifestException">A key is missing or is none.</exception>
    public Decryptor(ClusterStore store, JsonObject kustomization)
    {
        _decryption = kustomization.At("spec", "decryption");
        if (_decryption.TextAt("secretRef", "name") is not { } name)
            return;
        var secret = store.Get("v1", "Secret", kustomization.Namespace(), name)
            ?? throw new ManifestException($"secrets \"{name}\" not found");
        foreach (var (key, value) in secret["data"] as JsonObject ?? [])
        {
            if (!key.EndsWith(KeyEnding, StringComparison.Ordinal))
                continue;
            _keys.AddRange(AgeKey.ReadAll(Text(value)) ?? throw new ManifestException(
                $"failed to import '{key}' data from sops decryption Secret '{kustomization.Namespace()}/{name}':"
                + " failed to parse and add to age identities"));
        }
    }

    /// <summary>A Secret that is encrypted still, which the controller refuses to apply.</summary>
    public static bool IsEncryptedSecret(JsonObject item) =>
        item.TextAt("kind") == "Secret" && item.TextAt("apiVersion") == "v1" && item["sops"] is not null;

    /// <summary>The object in clear, or as it is where it is not encrypted or nothing shall be decrypted.</summary>
    /// <exception cref="ManifestException">It does not open, and why.</exception>
    public JsonObject Decrypt(JsonObject item)
    {
        if (_decryption is null)
            return item;
        try
        {
            if (item.At("sops").TextAt("mac") is { Length: > 0 })
                return Open(JsonText.Of(item), SopsFormat.Json);
            if (item.TextAt("kind") == "Secret")
                DecryptFields(item);
            return item;
        }
        catch (SopsRefusal refusal)
        {
            var before = refusal.Step switch
            {
                SopsStep.Loading => "failed to load encrypted JSON data",
                SopsStep.DataKey => "cannot get sops data key",
                _ => "error decrypting sops tree",
            };
            throw new ManifestException(
                $"decryption failed for '{item.TextAt("kind")}.{item.TextAt("apiVersion")}.[noGrp]/{item.Name()}':"
                + $" failed to decrypt and format '{item.Namespace()}/{item.Name()}' {item.TextAt("kind")} data:"
                + $" {before}: {refusal.Message}");
        }
    }

    /// <summary>Whole files, encrypted within the values of a Secret, as generators put them there.</summary>
    private void DecryptFields(JsonObject secret)
    {
        foreach (var (key, value) in (secret["data"] as JsonObject ?? []).ToList())
        {
            var text = Text(value);
            var plain = text.Contains("\"mac\": \"ENC[", StringComparison.Ordinal)
                ? PlainOf(Open(text, SopsFormat.Json))
                : text.Contains("sops_mac=ENC[", StringComparison.Ordinal) ? Lines(Open(text, SopsFormat.Dotenv))
                : null;
            if (plain is not null)
                secret["data"]![key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(plain));
        }
    }

    private JsonObject Open(string text, SopsFormat format) =>
        SopsReader.Open(text, format, _keys, checksMac: false)[0];

    /// <summary>What has nothing but <c>data</c> was a file of any kind.</summary>
    private static string PlainOf(JsonObject document) =>
        document.Count == 1 && document.TextAt("data") is { } binary ? binary : JsonText.Of(document);

    private static string Lines(JsonObject document) =>
        string.Concat(document.Select(pair => $"{pair.Key}={pair.Value.Text()}\n"));

    private static string Text(JsonNode? encoded)
    {
        var text = encoded.Text() ?? "";
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) ? Encoding.UTF8.GetString(bytes[..length]) : "";
    }
}
