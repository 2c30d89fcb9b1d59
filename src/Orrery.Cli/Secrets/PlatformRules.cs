using System.Text;
using Orrery.Cli.Composition;
using Orrery.Model.Values;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Cli.Secrets;

/// <summary>
/// The <c>.sops.yaml</c> beside a declaration: keys are for the recovery recipients alone, what lies in a cluster's
/// folder is for it, too, and a cluster reads no other's.
/// </summary>
internal sealed class PlatformRules(string folder)
{
    private const string Head = "# Kept by 'orrery secret init': who can open what. Rules of your own make it yours.";

    /// <summary>What a Kubernetes object must say in clear: the cluster's decryptor looks at it first.</summary>
    private const string Clear = "^(apiVersion|kind|metadata|type|immutable)$";

    public string FilePath { get; } = Path.Combine(folder, CreationRules.FileName);

    /// <summary>It is not there, or it is as some version of ours wrote it.</summary>
    public bool AreOurs => !File.Exists(FilePath)
        || File.ReadAllText(FilePath).StartsWith(Head, StringComparison.Ordinal);

    public bool Are(ValueList<string> recovery, ValueMap<string> clusters) =>
        File.Exists(FilePath) && File.ReadAllText(FilePath) == Write(recovery, clusters);

    /// <summary>For whom a new file would be encrypted; nobody where no rule fits or they cannot be read.</summary>
    public IReadOnlyList<string> ReadersOf(string path)
    {
        try
        {
            return CreationRules.Read(File.ReadAllText(FilePath)).Find(path)?.Readers ?? [];
        }
        catch (SopsException)
        {
            return [];
        }
    }

    /// <summary>Writes them where that changes something; says whether it did.</summary>
    public bool Put(ValueList<string> recovery, ValueMap<string> clusters)
    {
        if (Are(recovery, clusters))
            return false;
        SecretFile.Write(FilePath, Encoding.UTF8.GetBytes(Write(recovery, clusters)));
        return true;
    }

    /// <param name="recovery">The recovery recipients.</param>
    /// <param name="clusters">The recipient of each cluster, by its name.</param>
    public static string Write(ValueList<string> recovery, ValueMap<string> clusters)
    {
        var text = new StringBuilder($"{Head}\ncreation_rules:\n");
        Rule(text, "Keys that orrery makes, for who recovers the platform alone.", "^secrets/[^/]+/keys/", recovery);
        foreach (var (name, recipient) in clusters)
        {
            Rule(
                text, $"For the cluster {name}.", $@"^secrets/{name}/[^/]+\.sops\.", recovery.Append(recipient),
                $"    unencrypted_regex: {Clear}\n");
        }

        Rule(text, "Everything else that is secret.", @"^secrets/(.+/)?[^/]+\.sops\.", recovery);
        return text.ToString();
    }

    /// <summary>The recipients that clusters have published beside their keys, by the cluster's name.</summary>
    public static ValueMap<string> RecipientsOf(Loaded loaded)
    {
        var found = new List<KeyValuePair<string, string>>();
        foreach (var cluster in loaded.Platform.Clusters.Keys)
        {
            var path = Path.Combine(loaded.Folder, "secrets", cluster, "age-recipient.txt");
            if (File.Exists(path))
                found.Add(KeyValuePair.Create(cluster, File.ReadAllText(path).Trim()));
        }

        return ValueMap.From(found);
    }

    private static void Rule(
        StringBuilder text, string about, string path, IEnumerable<string> recipients, string more = "") =>
        text.Append($"  # {about}\n  - path_regex: {path}\n{more}    age: {string.Join(',', recipients)}\n");
}
