using System.Text;
using Orrery.GitOps.Catalog;
using Orrery.Model.Platforms;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Simulation.Disks;

namespace Orrery.Rehearsal.Stages;

/// <summary>
/// What people keep in the declaration's folder for clusters that have a Vault: a document of SOPS with a word in it,
/// as <c>orrery secret new</c> makes it, before anything is made.
/// </summary>
internal sealed class KeptDocuments
{
    public const string Name = "kept";

    private readonly SortedDictionary<string, string> _words = new(StringComparer.Ordinal);

    public KeptDocuments(Platform platform, ThrowAwaySecrets secrets, ulong seed)
    {
        var random = new SeededRandom(seed + 11);
        foreach (var cluster in platform.Clusters.Values.Where(VaultAccess.Has))
        {
            var drawn = new byte[24];
            random.Fill(drawn);
            var word = $"word-{Convert.ToHexStringLower(drawn)}";
            _words.Add(cluster.Name, word);
            secrets.Made($"the word of {Name} for {cluster.Name}", word, SecretPlaces.Clusters);
        }
    }

    /// <summary>The word that a cluster's document holds, which is secret; null where it has none.</summary>
    public string? WordOf(Cluster cluster) => _words.GetValueOrDefault(cluster.Name);

    public void WriteTo(SimulatedDisk declaration, IRecipient recipient, DateTimeOffset now, ulong seed)
    {
        var random = new SeededRandom(seed + 13);
        foreach (var (cluster, word) in _words)
        {
            declaration.Put($"secrets/{cluster}/{Name}.sops.yaml", SopsFile.Encrypt(
                Encoding.UTF8.GetBytes($"word: {word}\n"), SopsFormat.Yaml, CreationRule.For($"{recipient}"), now,
                random.Fill));
        }
    }
}
