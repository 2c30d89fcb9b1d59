using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Secrets;
using Orrery.Engine.Ports;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Cli.Commands.Kubeconfigs;

/// <summary>What the verbs about contexts have in common.</summary>
internal static class ContextShared
{
    public const string FileHint =
        "A SOPS document is opened and changed in memory; its plain text never reaches the disk.";

    public static Option<string?> File() => new("--file", "-f")
    {
        Description = "The kubeconfig, or a SOPS document with one under KUBECONFIG; by default your own.",
        HelpName = "FILE",
    };

    public static Argument<string> Context(string description) => new("CONTEXT") { Description = description };

    /// <summary>Changes the file as one, and tells what was done.</summary>
    public static Task<int> ChangeAsync(
        Host host, string? named, Func<Kubeconfig, Kubeconfig> change, string done) =>
        CatchAsync(host, () =>
        {
            var file = KubeconfigFiles.Open(host, named);
            var hadComments = file.Change(change);
            host.Screen.Tell($"{file.Shown}: {done}\n");
            TellOfComments(host, hadComments);
        });

    /// <summary>Runs a verb about a file; no cloud is asked, so none is to blame for what is refused.</summary>
    public static Task<int> CatchAsync(Host host, Action verb) => SecretRefusal.CatchAsync(host, () =>
    {
        try
        {
            verb();
            return Task.FromResult(ExitCode.Done);
        }
        catch (ProviderException exception)
        {
            throw new SecretRefusal(CliCodes.Kubeconfig.At(null, $"{exception.Message}."));
        }
    });

    public static void TellOfComments(Host host, bool hadComments)
    {
        if (hadComments)
            host.Screen.Tell("the comments that the file had are gone, as after each change by kubectl\n");
    }
}
