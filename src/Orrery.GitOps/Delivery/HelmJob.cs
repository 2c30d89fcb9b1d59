using System.Security.Cryptography;
using System.Text;
using Orrery.GitOps.Catalog;
using Orrery.GitOps.Manifests;
using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>
/// A Job that runs Helm in the cluster itself, where no distribution brings something that installs charts. It needs
/// neither a pods' network nor kube-proxy, and so it can install what nodes wait for before they are ready.
/// </summary>
internal static class HelmJob
{
    private const string Space = "kube-system";

    // docker.io/alpine/helm, the index of all its architectures.
    private const string Image =
        "docker.io/alpine/helm:3.17.3@sha256:d899e6316789fec04ee95300a18e454b7942539cbb3d89bde3e0655d6ca2e895";

    /// <summary>Charts from afar take seconds; what fails is tried again with growing pauses.</summary>
    private const int Attempts = 20;

    /// <summary>
    /// In the order in which they are applied. The template of a Job cannot be changed: another chart, version or value
    /// is a Job of another name.
    /// </summary>
    /// <param name="apiServer">Where every node reaches an API server without help, as host and port.</param>
    public static IEnumerable<Value.Map> Of(CatalogComponent component, Chart chart, (string Host, int Port) apiServer)
    {
        var account = $"helm-{component.Name}";
        var values = YamlText.Write(Manifest.Over(component.BaseValues, component.ClusterValues));
        var script = Script(component, chart);
        var name = $"{account}-{Digest(values + script)}";
        yield return Manifest.Of("v1", "ServiceAccount", account, Space);
        // A chart may hold any object, roles of its own included: nobody may give more than they have.
        yield return Manifest.Of(
            "rbac.authorization.k8s.io/v1", "ClusterRoleBinding", account, null,
            ("roleRef", Value.MapOf(
                ("apiGroup", "rbac.authorization.k8s.io"), ("kind", "ClusterRole"), ("name", "cluster-admin"))),
            ("subjects", Value.ListOf(
                [Value.MapOf(("kind", "ServiceAccount"), ("name", account), ("namespace", Space))])));
        yield return Manifest.Of(
            "v1", "ConfigMap", name, Space, ("data", Value.MapOf(("values.yaml", values))), ("immutable", true));
        yield return Manifest.Of(
            "batch/v1", "Job", name, Space,
            ("spec", Value.MapOf(
                ("backoffLimit", Attempts),
                ("template", Value.MapOf(
                    ("metadata", Value.MapOf(("labels", Value.MapOf(("app.kubernetes.io/name", account))))),
                    ("spec", Pod(account, name, script, apiServer)))))));
    }

    private static Value.Map Pod(string account, string name, string script, (string Host, int Port) apiServer) =>
        Value.MapOf(
            ("containers", Value.ListOf([Container(script, apiServer)])),
            ("hostNetwork", true),
            ("priorityClassName", "system-cluster-critical"),
            ("restartPolicy", "OnFailure"),
            ("serviceAccountName", account),
            // It makes the nodes ready, and so it waits for none of them.
            ("tolerations", Value.ListOf([Value.MapOf(("operator", "Exists"))])),
            ("volumes", Value.ListOf(
                [Value.MapOf(("configMap", Value.MapOf(("name", name))), ("name", "values"))])));

    private static Value.Map Container(string script, (string Host, int Port) apiServer) => Value.MapOf(
        ("command", Manifest.Texts("/bin/sh", "-c", script)),
        ("env", Value.ListOf(
            [
                Value.MapOf(("name", "KUBERNETES_SERVICE_HOST"), ("value", apiServer.Host)),
                Value.MapOf(("name", "KUBERNETES_SERVICE_PORT"), ("value", $"{apiServer.Port}")),
            ])),
        ("image", Image),
        ("name", "helm"),
        // What Helm says when it fails stands in the pod's state, where a diagnosis finds it.
        ("terminationMessagePolicy", "FallbackToLogsOnError"),
        ("volumeMounts", Value.ListOf(
            [Value.MapOf(("mountPath", "/values"), ("name", "values"), ("readOnly", true))])));

    /// <summary>A pod that dies half-way leaves a release pending, and Helm refuses all that comes after.</summary>
    private static string Script(CatalogComponent component, Chart chart)
    {
        var (release, space) = (component.Name, component.Namespace);
        var source = $"--repo {chart.Repository} --version {chart.Version}";
        return $"""
            set -eu
            if [ -n "$(helm list --namespace {space} --filter '^{release}$' --pending --short)" ]; then
              helm rollback {release} --namespace {space} || helm uninstall {release} --namespace {space}
            fi
            helm upgrade {release} {chart.Name} {source} --namespace {space} --install --values /values/values.yaml

            """;
    }

    private static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..8];
}
