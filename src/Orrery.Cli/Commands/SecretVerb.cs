using System.CommandLine;
using Orrery.Cli.Commands.Secrets;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery secret</c>: encrypted files in a repository.</summary>
internal static class SecretVerb
{
    public static Command Create(Host host) => new VerbCommand(
        "secret", "Encrypts, shows and changes secrets in files, as sops does.")
    {
        Detail = "Files are those of sops 3, for age recipients. Identities are found in ORRERY_IDENTITY, "
            + "SOPS_AGE_KEY, SOPS_AGE_KEY_FILE and sops/age/keys.txt in the configuration folder.",
        Examples = ["orrery secret new secrets/prod/database.yaml", "orrery secret edit secrets/prod/database.yaml"],
        Subcommands =
        {
            Secrets.InitVerb.Create(host),
            NewVerb.Create(host),
            EncryptVerb.Create(host),
            DecryptVerb.Create(host),
            ViewVerb.Create(host),
            EditVerb.Create(host),
            SetVerb.Create(host),
            UpdateKeysVerb.Create(host),
            RotateVerb.Create(host),
            DoctorVerb.Create(host),
            SealVerb.Create(host),
        },
    };
}
