using System.CommandLine;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Cli.Invocation;

/// <summary>
/// <c>--accept-fingerprint NODE=FINGERPRINT</c>: by what a machine without a configuration is known, where its serial
/// console is not read but looked at.
/// </summary>
internal static class AcceptedFingerprints
{
    /// <summary>A SHA-256 in base64, as Talos prints it.</summary>
    private const int Bytes = 32;

    public static Option<string[]> Option() => new("--accept-fingerprint")
    {
        Description = "Trust a Talos machine that has no configuration yet by the fingerprint on its console, instead "
            + "of restarting it and reading that. May be repeated; NODE may be CLUSTER/NODE.",
        HelpName = "NODE=FINGERPRINT",
    };

    /// <summary>Fingerprints by cluster and node, <c>talos/worker-0</c>; or what is wrong with the words.</summary>
    public static Diagnosed<ValueMap<string>> Read(Platform platform, IEnumerable<string> words)
    {
        string[] nodes =
        [
            .. from cluster in platform.Clusters.Values
               where cluster.Distribution is Distribution.Talos
               from node in cluster.NodePools.Values.SelectMany(pool => pool.NodeNames())
               select $"{cluster.Name}/{node}",
        ];
        var (accepted, problems) = (ValueMap<string>.Empty, new List<Diagnostic>());
        foreach (var word in words)
        {
            var (node, fingerprint) = word.Split('=', 2) is [var before, var after] ? (before, after) : (word, "");
            var named = nodes.Where(each => each == node || each.EndsWith($"/{node}", StringComparison.Ordinal))
                .ToArray();
            if (named is not [var one])
                problems.Add(Unknown(node, named, nodes));
            else if (!IsFingerprint(fingerprint))
                problems.Add(Malformed(node, fingerprint));
            else
                accepted = accepted.With(one, fingerprint);
        }

        return new Diagnosed<ValueMap<string>>(problems.Count == 0 ? accepted : null, problems.ToValueList());
    }

    private static bool IsFingerprint(string text)
    {
        Span<byte> bytes = stackalloc byte[Bytes + 1];
        return Convert.TryFromBase64String(text, bytes, out var length) && length == Bytes;
    }

    private static Diagnostic Unknown(string node, string[] named, string[] nodes)
    {
        ValueList<string> hints = nodes.Length == 0 ? []
            : Suggestion.Find(node, nodes) is { } near && named.Length == 0 ? [$"did you mean '{near}'?"]
            : [$"there is: {string.Join(", ", named.Length > 0 ? named : nodes)}"];
        var what = named.Length > 1
            ? $"'{node}' is a machine of more than one cluster."
            : $"No machine that runs Talos is called '{node}'.";
        return CliCodes.Usage.At(null, what, hints);
    }

    private static Diagnostic Malformed(string node, string given) => CliCodes.Usage.At(
        null,
        $"'{given}' is no fingerprint of '{node}'.",
        ["take it from the machine's console, where it is printed as \"fingerprint\": 43 characters and ="]);
}
