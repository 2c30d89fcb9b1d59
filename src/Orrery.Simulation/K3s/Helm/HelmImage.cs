using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.K3s.Helm;

/// <summary>
/// The image alpine/helm as somebody's Job runs it: the last <c>helm upgrade</c> of its shell script, with its account,
/// its API server and the files that it has mounted. Nothing here dies in the middle of a release, and so what a script
/// does about one that is pending is passed over.
/// </summary>
internal sealed class HelmImage
{
    private const string Cluster = "Error: Kubernetes cluster unreachable: Get \"https://";

    // https://helm.sh/docs/helm/helm_upgrade, those that take a word.
    private static readonly string[] Options = ["--namespace", "--repo", "--values", "--version"];

    private readonly SimulatedCluster _cluster;
    private readonly ChartInstallation _charts;

    public HelmImage(SimulatedCluster cluster)
    {
        (_cluster, _charts) = (cluster, new ChartInstallation(cluster));
        cluster.Commands["helm"] = Run;
    }

    private ClusterStore Store => _cluster.Store;

    private string? Run(JsonObject pod)
    {
        var container = pod.At("spec", "containers").Items().First();
        if (container["command"] is not JsonArray { Count: 3 } command
            || command[0].Text() is not "/bin/sh" || command[1].Text() is not "-c")
        {
            return "Error: unknown command";
        }

        var line = (command[2].Text() ?? "").Split('\n').Select(each => each.Trim())
            .LastOrDefault(each => each.StartsWith("helm upgrade ", StringComparison.Ordinal)) ?? "";
        try
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(2);
            return Unreachable(pod, container) ?? Upgrade(pod, container, words);
        }
        catch (ApiFailure failure)
        {
            return "Error: " + failure.Message;
        }
    }

    // Without a pods' network, nor anybody who moves packets for Services, only what is on the machine itself answers.
    private string? Unreachable(JsonObject pod, JsonObject container)
    {
        string? Variable(string name) => container["env"].Items()
            .FirstOrDefault(each => each.TextAt("name") == name).TextAt("value");
        var (host, port) = (Variable("KUBERNETES_SERVICE_HOST"), Variable("KUBERNETES_SERVICE_PORT"));
        var isLocal = pod.At("spec", "hostNetwork").IsTrue() && host is "localhost" or "127.0.0.1" && port is "7445";
        if (!isLocal && _cluster.Started is null && !HasNetwork(pod))
            return $"{Cluster}{host ?? "10.96.0.1"}:{port ?? "443"}/version\": dial tcp: i/o timeout";
        var account = $"system:serviceaccount:{pod.Namespace()}:{pod.TextAt("spec", "serviceAccountName")}";
        var isAdministrator = Store.PeekAll("rbac.authorization.k8s.io/v1", "ClusterRoleBinding").Any(binding =>
            binding.TextAt("roleRef", "name") == "cluster-admin"
            && binding["subjects"].Items().Any(subject =>
                $"system:serviceaccount:{subject.TextAt("namespace")}:{subject.TextAt("name")}" == account));
        return isAdministrator
            ? null
            : $"Error: query: failed to query with labels: secrets is forbidden: User \"{account}\" cannot list "
                + "resource \"secrets\" in API group \"\"";
    }

    private bool HasNetwork(JsonObject pod) =>
        Store.Peek("v1", "Node", "", pod.TextAt("spec", "nodeName") ?? "").Condition("Ready") == "True";

    private string? Upgrade(JsonObject pod, JsonObject container, IEnumerable<string> words)
    {
        var (plain, options, installs) = (new List<string>(), new Dictionary<string, string>(), false);
        string? open = null;
        foreach (var word in words)
        {
            if (open is { } name)
                (options[name], open) = (word, null);
            else if (Options.Contains(word))
                open = word;
            else if (word == "--install")
                installs = true;
            else if (word.StartsWith('-'))
                return "Error: unknown flag: " + word;
            else
                plain.Add(word);
        }

        if (plain is not [var release, var chart])
            return "Error: \"helm upgrade\" requires 2 arguments";
        if (!installs)
            return $"Error: UPGRADE FAILED: \"{release}\" has no deployed releases";
        string Option(string name) => options.GetValueOrDefault(name, "");
        var values = Option("--values") is { Length: > 0 } path ? FileOf(pod, container, path) : "";
        return values is null
            ? $"Error: open {Option("--values")}: no such file or directory"
            : _charts.Install(new ChartRequest(
                Option("--repo"), chart, Option("--version"), release,
                Option("--namespace") is { Length: > 0 } ns ? ns : pod.Namespace(), Values.Read(values)));
    }

    /// <summary>A file of a ConfigMap that the container has mounted; null where there is none.</summary>
    private string? FileOf(JsonObject pod, JsonObject container, string path)
    {
        var slash = path.LastIndexOf('/');
        var mount = container["volumeMounts"].Items().FirstOrDefault(each => each.TextAt("mountPath") == path[..slash]);
        var volume = pod.At("spec", "volumes").Items()
            .FirstOrDefault(each => each.TextAt("name") == mount.TextAt("name"));
        return volume.TextAt("configMap", "name") is { } name
            ? Store.Peek("v1", "ConfigMap", pod.Namespace(), name).TextAt("data", path[(slash + 1)..])
            : null;
    }
}
