using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Secrets;
using Orrery.Cli.Secrets.Sealing;
using Orrery.Secrets.SealedSecrets;

namespace Orrery.Cli.Commands.Secrets;

/// <summary><c>orrery secret seal</c>: makes SealedSecrets, proves that they open, and seals them anew.</summary>
internal static class SealVerb
{
    public static Command Create(Host host)
    {
        var options = new SealOptions();
        var command = new VerbCommand("seal", "Seals a Kubernetes Secret for a cluster, as kubeseal does.")
        {
            Detail = "Needs the cluster's certificate, and no cluster: 'orrery up' has put it into the declaration's "
                + "folder. With --check it proves instead that all SealedSecrets of a folder open with the keys of "
                + "the platform, and with --reseal it seals anew what an older key opens.",
            Examples =
            [
                "orrery secret seal secret.yaml --cluster prod > sealed.yaml",
                "orrery secret seal --key password --merge-into sealed.yaml < password.txt",
                "orrery secret seal --check my-platform",
                "orrery secret seal --reseal my-platform --yes",
            ],
            Arguments = { options.File },
            Options =
            {
                options.Scope, options.Certificate, options.Cluster, options.Declaration, options.Name,
                options.Namespace, options.Key, options.Raw, options.MergeInto, options.Check, options.Reseal,
                options.Yes, options.Output,
            },
        };
        command.SetAction((parse, cancellation) => SecretRefusal.CatchAsync(
            host, () => RunAsync(host, options, parse, cancellation)));
        return command;
    }

    private static Task<int> RunAsync(
        Host host, SealOptions options, ParseResult parse, CancellationToken cancellation)
    {
        if (parse.GetValue(options.Check) || parse.GetValue(options.Reseal))
            return SearchAsync(host, options, parse, cancellation);
        var request = new SealRequest
        {
            File = parse.GetValue(options.File) ?? SecretFile.StandardInput,
            Scope = parse.GetValue(options.Scope),
            Name = parse.GetValue(options.Name),
            Namespace = parse.GetValue(options.Namespace),
            Key = parse.GetValue(options.Key),
            IsRaw = parse.GetValue(options.Raw),
            MergeInto = parse.GetValue(options.MergeInto),
            Certificate = SealingKeys.Certificate(
                host, parse.GetValue(options.Certificate), parse.GetValue(options.Declaration) ?? ".",
                parse.GetValue(options.Cluster)),
        };
        return Task.FromResult(request.Run(host));
    }

    private static async Task<int> SearchAsync(
        Host host, SealOptions options, ParseResult parse, CancellationToken cancellation)
    {
        var folder = parse.GetValue(options.File) ?? ".";
        var keys = await SealingKeys.OpenAsync(
            host, parse.GetValue(options.Declaration) ?? folder, cancellation);
        var files = await SealedFiles.FindAsync(host, folder, keys, cancellation);
        if (!parse.GetValue(options.Reseal))
            return files.Check(parse.IsJson(options.Output));
        var resealed = await SecretShared.ChangeAllAsync(
            host,
            new FileChanges(files.Names, null, parse.GetValue(options.Yes), parse.IsJson(options.Output)),
            files.Reseal,
            cancellation);
        return Math.Max(resealed, files.ReportUnreadable());
    }

    /// <summary>What the verb is told.</summary>
    private sealed class SealOptions
    {
        public Argument<string?> File { get; } = new("FILE")
        {
            Description = "The Secret, in YAML or JSON; standard input if none. With --check and --reseal a folder.",
            Arity = ArgumentArity.ZeroOrOne,
        };

        public Option<string?> Scope { get; } = new Option<string?>("--scope")
        {
            Description = "Where it may be opened: in this Secret alone, in its namespace, or everywhere. By default "
                + "what the Secret's annotations say, else strict.",
            HelpName = string.Join('|', SealingScope.Names),
        }.AcceptOnlyFromAmong([.. SealingScope.Names]);

        public Option<string?> Certificate { get; } = new("--cert")
        {
            Description = "The certificate to seal with.",
            HelpName = "FILE",
        };

        public Option<string?> Cluster { get; } = new("--cluster")
        {
            Description = "The cluster whose certificate is taken; the only one if none.",
            HelpName = "NAME",
        };

        public Option<string?> Declaration { get; } = new("--declaration")
        {
            Description = "The declaration's folder, with certificates and keys; where you are if none, and the folder "
                + "itself for --check and --reseal.",
            HelpName = "DIR",
        };

        public Option<string?> Name { get; } = new("--name")
        {
            Description = "The Secret's name, where it has none.",
            HelpName = "NAME",
        };

        public Option<string?> Namespace { get; } = new("--namespace")
        {
            Description = "The Secret's namespace, where it has none.",
            HelpName = "NAME",
        };

        public Option<string?> Key { get; } = new("--key")
        {
            Description = "What is read is the value of this key, and no Secret.",
            HelpName = "KEY",
        };

        public Option<bool> Raw { get; } = new("--raw")
        {
            Description = "What is read is a value; print nothing but the sealed value.",
        };

        public Option<string?> MergeInto { get; } = new("--merge-into")
        {
            Description = "Put the sealed values into this SealedSecret; all else of it stays byte for byte.",
            HelpName = "FILE",
        };

        public Option<bool> Check { get; } = new("--check")
        {
            Description = "Prove that every SealedSecret in a folder opens.",
        };

        public Option<bool> Reseal { get; } = new("--reseal")
        {
            Description = "Seal to the newest key what an older one opens.",
        };

        public Option<bool> Yes { get; } = Shared.Yes();

        public Option<string> Output { get; } = Shared.Output();
    }
}
