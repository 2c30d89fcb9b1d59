using System.CommandLine;
using System.Text;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Providers.Kubernetes.Configuration;

namespace Orrery.Cli.Commands.Kubeconfigs;

/// <summary><c>orrery kubeconfig merge OTHER</c>: adds the contexts of another kubeconfig.</summary>
internal static class MergeVerb
{
    public static Command Create(Host host)
    {
        var other = new Argument<string>("OTHER")
        {
            Description = "The kubeconfig to add, or a SOPS document with one; - is standard input.",
        };
        var replace = new Option<bool>("--replace")
        {
            Description = "Replace what has the same name and says something else.",
        };
        var file = ContextShared.File();
        var command = new VerbCommand("merge", "Adds another kubeconfig's contexts, clusters and users.")
        {
            Detail = "All else stays as it is, the current context too. " + ContextShared.FileHint,
            Examples =
            [
                "orrery kubeconfig merge downloaded.yaml",
                "orrery kubeconfig merge secrets/prod/kubeconfig.sops.yaml",
            ],
            Arguments = { other },
            Options = { file, replace },
        };
        command.SetAction((parse, _) =>
        {
            var added = new Added(parse.Required(other));
            return ContextShared.ChangeAsync(
                host,
                parse.GetValue(file),
                content => added.To(host, content, parse.GetValue(replace)),
                $"the contexts of {parse.Required(other)} are in it");
        });
        return command;
    }

    private sealed record Added(string Named)
    {
        public Kubeconfig To(Host host, Kubeconfig content, bool replaces)
        {
            var other = Named == SecretFile.StandardInput
                ? Kubeconfig.Read(Encoding.UTF8.GetString(SecretFile.ReadInput(host)), "standard input")
                : KubeconfigFiles.Open(host, Existing(host)).Read();
            if (content.Conflicts(other) is { Count: > 0 } conflicts && !replaces)
            {
                throw new SecretRefusal(CliCodes.Kubeconfig.At(
                    null,
                    $"{string.Join(", ", conflicts)} would be replaced by something else, and nothing was changed.",
                    [
                        $"give its context another name first: orrery kubeconfig rename CONTEXT NAME --file {Named}",
                        "or replace what is there: --replace",
                    ]));
            }

            return content.Merge(other);
        }

        private string Existing(Host host) => File.Exists(host.FullPath(Named))
            ? Named
            : throw new SecretRefusal(
                CliCodes.NoSuchPath.At(null, $"There is no file '{Named}'."), ExitCode.Invalid);
    }
}
