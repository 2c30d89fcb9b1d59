using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Git;
using Orrery.Providers.Keys;
using Orrery.Rehearsal;
using Orrery.Rehearsal.Stages;

namespace Orrery.Tests.Rehearsal.Planted;

/// <summary>
/// Mistakes in what is delivered to machines and clusters, and secrets that go where they do not belong. Each is
/// planted as <see cref="PlantedBugs"/> are.
/// </summary>
internal static class PlantedDeliveries
{
    /// <summary>What the engine makes itself in every cluster of K3s.</summary>
    public static readonly string[] MadeKinds =
    [
        "a host key", "secret/cluster-identity", "secret/deploy-key", "secret/k3s-authorities", "secret/k3s-token",
        "secret/sealed-secrets-key",
    ];

    /// <summary>Null where there is none of that name.</summary>
    public static Interposed? Named(string name) => name switch
    {
        "renews-sealing-keys" => InTree("keyrenewperiod: \"0\"", "keyrenewperiod: 720h"),
        "renews-sealing-keys-and-looks" => InTree(
            "keyrenewperiod: \"0\"", "keyrenewperiod: 720h", searches: true),
        "forgets-sealing-key" => InObject(
            "secret.kube-system.sealed-secrets-key-1", "active", "inactive"),
        "forgets-certificates" => InFiles(
            "enabled: true\n      existingClaim: traefik-acme-data", "enabled: false"),
        "claims-on-root-disk" => InFiles("[\\\"/data/k3s-storage", "[\\\"/var/lib/k3s-storage"),
        "claims-by-chance" => InFiles("  pathPattern: \"{{ .PVC.Namespace }}/{{ .PVC.Name }}\"\n", "  note: none\n"),
        "token-in-tree" => PlantedBugs.WithResources(static (resource, token) => resource.Type != "git/tree"
            ? resource
            : WithFiles(resource, content => content.Replace("keyrenewperiod", $"# {token}\nkeyrenewperiod"))),
        "token-in-commit" => PlantedBugs.WithResources(static (resource, token) => resource.Type == "git/tree"
            ? With(resource, "message", $"Render with {token}")
            : resource),
        "token-in-secret" => PlantedBugs.WithResources(static (resource, token) =>
            resource.Address.Name == "secret.argocd.image-updater-git"
                ? resource with { Desired = (Value.Map)Replaced(resource.Desired, IsToken, _ => token) }
                : resource),
        "made-token-in-user-data" => PlantedBugs.WithResources(static (resource, _) => resource.Type == "hetzner/server"
            ? With(
                resource, "userData",
                new Value.Sensitive(new Value.Unknown(KeysGraph.K3sToken("prod").Output("token"))))
            : resource),
        "key-in-arguments" => new Interposed
        {
            Processes = static (programs, _) => new Telling(programs, static request => request.Program == "ssh-add"
                ? request with { Arguments = [.. request.Arguments, Encoding.UTF8.GetString(request.Input.Span)] }
                : request),
        },
        "key-in-environment" => new Interposed
        {
            Processes = static (programs, stage) => new Telling(programs, request => request with
            {
                Environment = request.Environment.With(
                    "IDENTITY", stage.Secrets.Find(stage.Platform.Recovery.Identity)),
            }),
        },
        "key-on-standard-input" => new Interposed
        {
            Processes = static (programs, stage) => new Telling(programs, request => request.Program != "ssh"
                ? request
                : request with
                {
                    Input = Encoding.UTF8.GetBytes(
                        $"{Encoding.UTF8.GetString(request.Input.Span)}\n# "
                        + stage.Secrets.Find(stage.Platform.Recovery.Identity)),
                }),
        },
        "token-to-the-wrong-cloud" => WrongCloud(),
        "vault-knows-another" => PlantedBugs.WithResources(static (resource, _) => resource.Type == "vault/role"
            ? With(resource, "accounts", Value.ListOf(["somebody"]))
            : resource),
        "certificates-of-nobody" => new Interposed
        {
            Wire = static wire => new Forwarding(TellNoIssuer) { InnerHandler = wire },
        },
        "keys-in-clear" => new Interposed { StepBegins = WriteInClear },
        _ => PlantedDocuments.Named(name),
    };

    private static bool IsToken(string text) => text.StartsWith("throwaway", StringComparison.Ordinal);

    private static Interposed InTree(string old, string with, bool searches = false) => PlantedBugs.WithResources(
        (resource, _) => resource.Type == "git/tree"
            ? WithFiles(resource, content => content.Replace(old, with))
            : resource,
        searches);

    /// <summary>In what lies on the machine before K3s starts.</summary>
    private static Interposed InFiles(string old, string with) => PlantedBugs.WithResources((resource, _) =>
        resource.Type == "hetzner/server" ? Replaced(resource, old, with) : resource);

    private static Interposed InObject(string name, string old, string with) => PlantedBugs.WithResources(
        (resource, _) => resource.Address.Name == name ? Replaced(resource, old, with) : resource);

    private static Resource With(Resource resource, string field, Value value) =>
        resource with { Desired = new Value.Map(resource.Desired.Fields.With(field, value)) };

    private static Resource Replaced(Resource resource, string old, string with)
    {
        var desired = Replaced(resource.Desired, text => text.Contains(old), text => text.Replace(old, with));
        return resource with { Desired = (Value.Map)desired };
    }

    private static Value Replaced(Value value, Func<string, bool> where, Func<string, string> with) => value switch
    {
        Value.Text text when where(text.Of) => with(text.Of),
        Value.List list => Value.ListOf(list.Items.Select(item => Replaced(item, where, with))),
        Value.Map map => new Value.Map(map.Fields.Map((_, item) => Replaced(item, where, with))),
        Value.Sensitive { Of: { } inner } => new Value.Sensitive(Replaced(inner, where, with)),
        _ => value,
    };

    private static Resource WithFiles(Resource resource, Func<string, string> change)
    {
        var desired = resource.Desired;
        var files = GitTree.ContentsOf(desired).Map((_, content) => change(content));
        return resource with
        {
            Desired = GitTree.Desired(
                new GitRemote(desired["url"].AsText()!, desired["branch"].AsText()!),
                desired["paths"].AsList().Select(path => path.AsText()!).ToValueList(),
                files, desired["message"].AsText()!, desired["proposal"].AsText()),
        };
    }

    /// <summary>Restores what is kept without the word of who issued it.</summary>
    private static void TellNoIssuer(HttpRequestMessage request)
    {
        if (request.Method != HttpMethod.Patch || request.Content is not { } content
            || request.RequestUri?.AbsolutePath.EndsWith("/secrets/test-tls", StringComparison.Ordinal) != true)
            return;
        var body = content.ReadAsStringAsync().GetAwaiter().GetResult();
        request.Content = new StringContent(
            body.Replace("cert-manager.io/issuer-name", "cert-manager.io/issued-by", StringComparison.Ordinal));
        request.Content.Headers.ContentType = content.Headers.ContentType;
    }

    /// <summary>What one cloud is shown is shown to the next.</summary>
    private static Interposed WrongCloud()
    {
        string? shown = null;
        return new Interposed
        {
            Wire = wire => new Forwarding(request =>
            {
                if (request.RequestUri?.Host == "api.hetzner.cloud")
                    shown = $"{request.Headers.Authorization}";
                else if (request.RequestUri?.Host == "api.github.com" && shown is not null)
                    request.Headers.TryAddWithoutValidation("x-forwarded-authorization", shown);
            })
            { InnerHandler = wire },
        };
    }

    /// <summary>One key of each kind in a file of its own, beside those that are encrypted.</summary>
    private static void WriteInClear(Stage stage, string step)
    {
        if (step != "second-up")
            return;
        foreach (var kind in MadeKinds)
        {
            var made = stage.Secrets.Planted.First(secret =>
                secret.Name.StartsWith(kind, StringComparison.Ordinal));
            stage.Declaration.Put($"{kind}.txt", Encoding.UTF8.GetBytes(made.Value));
        }
    }

    private sealed class Forwarding(Action<HttpRequestMessage> seen) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen(request);
            return base.SendAsync(request, cancellationToken);
        }
    }

    /// <summary>Starts programs with more than they should know.</summary>
    private sealed class Telling(IProcessRunner inner, Func<ProcessRequest, ProcessRequest> change) : IProcessRunner
    {
        public Task<ProcessResult> RunAsync(ProcessRequest request, CancellationToken cancellation) =>
            inner.RunAsync(change(request), cancellation);

        public Task<IRunningProcess> StartAsync(ProcessRequest request, CancellationToken cancellation) =>
            inner.StartAsync(change(request), cancellation);
    }
}
