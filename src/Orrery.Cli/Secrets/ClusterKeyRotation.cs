using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Engine.Runs;
using Orrery.Model.Platforms;

namespace Orrery.Cli.Secrets;

/// <summary>What a user asked of <c>orrery secret rotate --key</c>.</summary>
/// <param name="Cluster">Null for all.</param>
internal sealed record KeyRotationWish(string Key, string? Cluster, bool Yes, bool IsJson);

/// <summary>
/// The next of one key of one or all clusters: made beside the one before, brought to where it is used, and then what
/// was encrypted to the old one is brought along.
/// </summary>
internal sealed class ClusterKeyRotation(Host host, string path, KeyRotationWish wish)
{
    public Task<int> RunAsync() => host.WithSessionAsync(new Target(path, null), RunAsync);

    private async Task<int> RunAsync(Session session)
    {
        var clusters = session.Platform.Clusters.Values
            .Where(cluster => wish.Cluster is null || wish.Cluster == cluster.Name).ToArray();
        if (clusters.Length == 0)
        {
            throw new SecretRefusal(
                SecretCodes.NotRotatable.At(
                    null, $"'{session.Platform.Name}' has no cluster '{wish.Cluster}'.",
                    [$"there is: {string.Join(", ", session.Platform.Clusters.Keys)}"]),
                ExitCode.Invalid);
        }

        RotatedKey[] keys =
        [
            .. from cluster in clusters
               from key in KeyNames.Of(cluster, wish.Key)
               select new RotatedKey(cluster.Name, key),
        ];
        if (keys.Length == 0)
        {
            throw new SecretRefusal(
                SecretCodes.NotRotatable.At(
                    null, $"No cluster of '{session.Platform.Name}' has a {wish.Key} that Orrery made.",
                    ["a token that was given is made anew where it was made; then run orrery up"]),
                ExitCode.Invalid);
        }

        var code = await new ChangingRun(session, new ChangingOptions
        {
            Verb = RunVerb.Rotate,
            VerbName = $"secret rotate --key {wish.Key}",
            Rotated = [.. keys],
            Yes = wish.Yes,
            IsJson = wish.IsJson,
        }).RunAsync();
        if (code == ExitCode.Done)
            Finish(session);
        return code;
    }

    private void Finish(Session session)
    {
        var rules = new PlatformRules(session.Loaded.Folder);
        if (rules.AreOurs && File.Exists(rules.FilePath))
            rules.Put(session.Platform.Recovery.Recipients, PlatformRules.RecipientsOf(session.Loaded));
        if (wish.IsJson)
            return;
        host.Screen.Print($"commit secrets/: {wish.Key} is rotated\n");
        if (wish.Key == KeyNames.SealedSecrets)
        {
            host.Screen.Print(
                "what was sealed to the key before still opens; seal it anew: orrery secret seal --reseal\n");
        }
    }
}
