using Orrery.Cli.Secrets;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Composition;

/// <summary>The recovery recipients of a platform and the identity that opens what is encrypted to them.</summary>
internal sealed record RecoveryKeys(
    IReadOnlyList<IRecipient> Recipients, IReadOnlyList<IIdentity> Identities, SopsStateCipher Cipher)
{
    /// <summary>
    /// Names the recipient of a throw-away identity in the place of the declared ones; set by <c>simulate</c> alone.
    /// </summary>
    public const string RecipientVariable = "ORRERY_SIMULATED_RECIPIENT";

    /// <summary>
    /// Encrypts to the recipients, and opens with the identity. An identity that is none of theirs is refused at once:
    /// it could not open again what this run writes.
    /// </summary>
    /// <param name="identity">A file of identities, plain or protected with a passphrase.</param>
    /// <param name="added">Further ones, in plain.</param>
    public static Diagnosed<RecoveryKeys> Open(Host host, Platform platform, string identity, string added = "")
    {
        var (identities, problem) = ProtectedIdentity.Read(
            host, identity, $"the identity in {{ {platform.Recovery.Identity} }}", added);
        if (problem is not null)
        {
            return Refused(CliCodes.NoIdentity.At(
                null,
                $"{{ {platform.Recovery.Identity} }}: {problem}.",
                ["give it the content of the file that holds the identity, not the file's name"]));
        }

        var recipients = RecipientsOf(host, platform);
        var own = identities.Select(known => $"{known.Recipient}").ToArray();
        if (!recipients.Any(recipient => own.Contains($"{recipient}", StringComparer.Ordinal)))
        {
            return Refused(CliCodes.WrongIdentity.At(
                null,
                $"The identity in {{ {platform.Recovery.Identity} }} belongs to {string.Join(", ", own)}, "
                + "which is not among spec.recovery.recipients.",
                ["use the identity of one of them, or add its recipient to the declaration"]));
        }

        var cipher = new SopsStateCipher(recipients, () => identities, host.Time, host.KeyRandom);
        return new Diagnosed<RecoveryKeys>(new RecoveryKeys(recipients, identities, cipher), []);
    }

    /// <summary>The same without an identity at hand: it is looked for only when there is something to open.</summary>
    public static SopsStateCipher CipherOnDemand(Host host, Loaded loaded) => new(
        RecipientsOf(host, loaded.Platform),
        () =>
        {
            var found = FoundSecrets.Find(host, loaded, NeededSecrets.Identity(loaded.Platform));
            var text = found.Value?.Find(loaded.Platform.Recovery.Identity) ?? "";
            return ProtectedIdentity.Read(host, text, "the recovery identity").Identities;
        },
        host.Time,
        host.KeyRandom);

    public static IRecipient[] RecipientsOf(Host host, Platform platform) =>
    [
        .. (host.Environment(RecipientVariable) is { Length: > 0 } simulated && IsSimulated(host)
            ? [simulated]
            : platform.Recovery.Recipients).Select(text =>
        {
            var isOne = AgeRecipient.TryParse(text, out var recipient);
            Invariant.Check(isOne && recipient is not null, "a recipient of a valid declaration is one");
            return recipient;
        }),
    ];

    /// <summary>
    /// The cloud is one on this machine: nobody's variables may turn away what is encrypted for a real platform.
    /// </summary>
    private static bool IsSimulated(Host host) =>
        Uri.TryCreate(host.Environment(HetznerProvider.EndpointVariable), UriKind.Absolute, out var endpoint)
        && endpoint.IsLoopback;

    private static Diagnosed<RecoveryKeys> Refused(Diagnostic diagnostic) => new(null, [diagnostic]);
}
