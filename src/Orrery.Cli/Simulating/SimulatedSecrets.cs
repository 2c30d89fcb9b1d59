using Orrery.Cli.Composition;
using Orrery.Model.Platforms;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Simulating;

/// <summary>
/// The values behind a declaration's references in a simulated site: those that are set, so that whoever comes with
/// them is known there, and throw-away ones in the place of all others.
/// </summary>
internal static class SimulatedSecrets
{
    /// <summary>Fills them in, and gives the variables that somebody else needs to know of them.</summary>
    public static IReadOnlyList<(string Name, string Value)> Fill(Host host, Loaded loaded, ThrowAwaySecrets secrets)
    {
        var made = new List<(string, string)>();
        var needed = NeededSecrets.Of(loaded.Platform).ToArray();
        foreach (var secret in needed)
        {
            if (FoundSecrets.Find(host, loaded, secret).Value?.Find(secret.Reference) is { } value)
                secrets.Plant(secret.Reference, value);
        }

        var recovery = loaded.Platform.Recovery.Identity;
        if (!secrets.Has(recovery))
        {
            // Who has no identity cannot open what is encrypted to the declared recipients: the pair as a whole.
            var identity = AgeIdentity.Generate(host.KeyRandom);
            secrets.Plant(recovery, identity.Export());
            made.Add((RecoveryKeys.RecipientVariable, $"{identity.Recipient}"));
            Tell(recovery);
        }

        PlatformSite.Furnish(loaded.Platform, secrets);
        foreach (var secret in needed.Where(secret => secret.Reference != recovery))
            Tell(secret.Reference);
        return made;

        void Tell(SecretReference reference)
        {
            // One line each: a key is told without its line breaks, and read so too.
            if (reference is SecretReference.Env env && host.Environment(env.Name) is not { Length: > 0 })
                made.Add((env.Name, secrets.Find(reference).Trim().ReplaceLineEndings(" ")));
        }
    }
}
