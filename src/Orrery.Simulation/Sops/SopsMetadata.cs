using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Sops;

/// <summary>What stands beside the values of a SOPS file, as far as keys of age open it.</summary>
internal sealed record SopsMetadata
{
    private static readonly string[] Selectors =
        ["unencrypted_suffix", "encrypted_suffix", "unencrypted_regex", "encrypted_regex"];

    /// <summary>The data key, encrypted to each recipient.</summary>
    public required IReadOnlyList<string> Wrapped { get; init; }

    public required string Mac { get; init; }

    /// <summary>As it stands there: the MAC is bound to it.</summary>
    public required string LastModified { get; init; }

    public required bool MacOnlyEncrypted { get; init; }

    public required (string Name, string Pattern) Selection { get; init; }

    public static SopsMetadata Of(JsonNode? node)
    {
        if (node.At("key_groups") is JsonArray { Count: > 0 })
            throw new SopsRefusal(SopsStep.Loading, "the simulated SOPS does not open key groups");
        if (((string[])["encrypted_comment_regex", "unencrypted_comment_regex"]).Any(name => node.At(name) is not null))
            throw new SopsRefusal(SopsStep.Loading, "the simulated SOPS does not select by comments");
        var selector = Array.Find(Selectors, name => node.TextAt(name) is { Length: > 0 });
        return new SopsMetadata
        {
            Wrapped = [.. (node.At("age") as JsonArray ?? []).Select(entry => entry.TextAt("enc") ?? "")],
            Mac = node.TextAt("mac") ?? "",
            LastModified = node.TextAt("lastmodified") ?? "",
            MacOnlyEncrypted = node.At("mac_only_encrypted").IsTrue() || node.TextAt("mac_only_encrypted") == "true",
            Selection = selector is null ? (Selectors[0], "_unencrypted") : (selector, node.TextAt(selector)!),
        };
    }

    /// <summary>Whether a value is encrypted, by the keys that lead to it.</summary>
    public bool Selects(IEnumerable<string> path) => Selection switch
    {
        ("unencrypted_suffix", var suffix) => !path.Any(key => key.EndsWith(suffix, StringComparison.Ordinal)),
        ("encrypted_suffix", var suffix) => path.Any(key => key.EndsWith(suffix, StringComparison.Ordinal)),
        ("unencrypted_regex", var pattern) => !path.Any(key => IsMatch(key, pattern)),
        (_, var pattern) => path.Any(key => IsMatch(key, pattern)),
    };

    private static bool IsMatch(string key, string pattern) =>
        Regex.IsMatch(key, pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
}
