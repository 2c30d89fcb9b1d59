using Orrery.Cli.Composition;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Cli.Secrets;

/// <summary>Finds the creation rule of a file, as sops does.</summary>
internal static class RuleLookup
{
    private const string ConfigVariable = "SOPS_CONFIG";
    private const string RecipientsVariable = "SOPS_AGE_RECIPIENTS";

    /// <summary>sops looks no further up.</summary>
    private const int FoldersMax = 100;

    /// <summary>The recipients that were named; else those of the rule.</summary>
    public static CreationRule ForNew(Host host, string shown, string path, IReadOnlyCollection<string> recipients)
    {
        if (recipients.Count == 0 && host.Environment(RecipientsVariable) is { Length: > 0 } variable)
            recipients = variable.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return recipients.Count > 0 ? CreationRule.For(recipients) : Of(host, shown, path);
    }

    /// <summary>The rule for a file, or a refusal that says what to write.</summary>
    public static CreationRule Of(Host host, string shown, string path)
    {
        if (FindConfig(host, path) is not { } config)
        {
            throw NoRule(
                $"There is no {CreationRules.FileName} in the folder of '{shown}' or above, and no recipient "
                + "is named.");
        }

        try
        {
            var folder = Path.GetDirectoryName(config)!;
            return CreationRules.Read(File.ReadAllText(config)).Find(
                    Path.GetRelativePath(folder, path).Replace('\\', '/'))
                ?? throw NoRule($"No rule of '{config}' fits '{shown}'.");
        }
        catch (SopsException exception)
        {
            throw SecretRefusal.Of(config, exception);
        }
    }

    private static string? FindConfig(Host host, string path)
    {
        if (host.Environment(ConfigVariable) is { Length: > 0 } named)
            return host.FullPath(named);
        var folder = Path.GetDirectoryName(path);
        for (var up = 0; up < FoldersMax && folder is not null; up++, folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, CreationRules.FileName)))
                return Path.Combine(folder, CreationRules.FileName);
        }

        return null;
    }

    private static SecretRefusal NoRule(string what) => new(
        SecretCodes.NoRule.At(
            null,
            what,
            [
                $"write a {CreationRules.FileName} beside the file or above:",
                "  creation_rules:",
                "    - path_regex: secrets/.*",
                "      age: age1...",
                "or name a recipient: --recipient age1...",
            ]),
        ExitCode.Invalid);
}
