using System.CommandLine;
using Orrery.Cli.Access;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Model.Platforms;
using Orrery.Providers.Kubernetes.Streams;

namespace Orrery.Cli.Commands.Access;

/// <summary><c>orrery open DIR PAGE</c>: a component's page.</summary>
internal static class OpenVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output) = (Shared.Directory(), Shared.Profile(), Shared.Output());
        var (cluster, port) = (Forwarding.ClusterOption(), Forwarding.PortOption());
        var page = new Argument<string>("PAGE") { Description = $"One of: {string.Join(", ", ComponentPage.Names)}." };
        page.CompletionSources.Add([.. ComponentPage.Names]);
        var secrets = new Option<bool>("--show-secrets") { Description = "Show the password too." };
        var quiet = new Option<bool>("--no-browser") { Description = "Start no browser; none is without a terminal." };
        var command = new VerbCommand("open", "Opens a component's page: says where it is and who may enter.")
        {
            Detail = "Where an ingress publishes it, its address is all. Else, and with --port, it is forwarded "
                + "through the API server to this machine, until Ctrl-C.",
            Examples =
            [
                "orrery open my-platform argocd", "orrery open my-platform grafana --show-secrets --no-browser",
            ],
            Arguments = { directory, page },
            Options = { cluster, port, secrets, quiet, profile, output },
        };
        command.SetAction((parse, cancellation) => host.WithDeclarationAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            loaded => RunAsync(
                host, loaded,
                new Wish
                {
                    Page = parse.Required(page),
                    Cluster = parse.GetValue(cluster),
                    Port = parse.GetValue(port),
                    ShowsSecrets = parse.GetValue(secrets),
                    HasBrowser = !parse.GetValue(quiet),
                    IsJson = parse.IsJson(output),
                },
                cancellation)));
        return command;
    }

    private static Task<int> RunAsync(Host host, Loaded loaded, Wish wish, CancellationToken cancellation)
    {
        var chosen = ClusterChoice.Of(loaded.Platform, wish.Cluster);
        host.Screen.Report(chosen.Diagnostics);
        if (chosen.Value is not { } cluster)
            return Task.FromResult(ExitCode.Invalid);
        var pages = ComponentPage.Of(loaded.Platform, cluster);
        if (pages.FirstOrDefault(page => page.Name == wish.Page) is { } found)
        {
            return PlatformAccess.UseAsync(
                host, loaded, access => OpenAsync(access, cluster, found, wish, cancellation), cancellation);
        }

        host.Screen.Report(CliCodes.NoPage.At(
            null, $"The cluster '{cluster.Name}' has no page '{wish.Page}'.",
            ClusterChoice.Near(wish.Page, [.. pages.Select(page => page.Name)])));
        return Task.FromResult(ExitCode.Invalid);
    }

    private static async Task<int> OpenAsync(
        PlatformAccess access, Cluster cluster, ComponentPage page, Wish wish, CancellationToken cancellation)
    {
        var reached = await ReachedCluster.OfAsync(access, cluster, cancellation);
        access.Host.Screen.Report(reached.Diagnostics);
        if (reached.Value is null)
            return ExitCode.Failed;
        await using var api = reached.Value;
        if (await ForwardedService.FindAsync(
                api.Client(), page.Namespace, page.Selector, cancellation) is not { } service)
        {
            access.Host.Screen.Report(CliCodes.NotThere.At(
                null, $"The cluster '{cluster.Name}' has no service of {page.Name} yet.",
                ["look how far it is:", $"  {Shared.Again("status", access.Loaded)}"]));
            return ExitCode.Failed;
        }

        var password = wish.ShowsSecrets && page.Login is { } login
            ? await service.SecretTextAsync(login.Secret, "password", cancellation)
            : null;
        if (wish.Port is null && await service.UrlAsync(cancellation) is { } published)
        {
            await ShowAsync(published, isForwarded: false);
            return ExitCode.Done;
        }

        return await Forwarding.ForwardAsync(
            access.Host, wish.Port ?? LocalPort.Of(access.Platform.Id, cluster.Name, page.Name), service.ConnectAsync,
            port => ShowAsync(LocalPort.Url("http", port), isForwarded: true));

        async Task ShowAsync(Uri url, bool isForwarded)
        {
            var shown = new PageText(page, url, isForwarded, password, wish.ShowsSecrets);
            if (wish.IsJson)
                access.Host.Screen.WriteJson(shown.WriteJson);
            else
                access.Host.Screen.Print(shown.Text);
            if (isForwarded)
                access.Host.Screen.Tell($"leads to {page.Name} of {cluster.Name} until Ctrl-C\n");
            if (wish.HasBrowser)
                await Browser.ShowAsync(access.Host, access.Processes, url, cancellation);
        }
    }

    private sealed record Wish
    {
        public required string Page { get; init; }

        public required string? Cluster { get; init; }

        public required int? Port { get; init; }

        public required bool ShowsSecrets { get; init; }

        public required bool HasBrowser { get; init; }

        public required bool IsJson { get; init; }
    }
}
