using Orrery.GitOps.Delivery;
using Orrery.GitOps.Manifests;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>
/// KSOPS in Argo CD's repository server, which opens SOPS documents while it renders: the program, and the age keys of
/// the cluster as files. https://github.com/viaduct-ai/kustomize-sops#argo-cd-integration-
/// </summary>
/// <remarks>
/// Argo CD keeps its own kustomize: the one beside KSOPS 4.5.1 is older and asks Helm for a flag that Helm 4 has not.
/// </remarks>
internal static class Ksops
{
    private const string Image = "docker.io/viaductoss/ksops:v4.5.1"
        + "@sha256:4def9fdd4e2f850265740ebe9592c5455d19b76891e88e602df8b52d74b95334";

    private const string Tools = "custom-tools";
    private const string ToolsPath = "/custom-tools";
    private const string KeysPath = "/app/config/age";
    private const string ConfigHome = "/.config";
    private const int NonRoot = 65532;

    /// <summary>Values of Argo CD's chart.</summary>
    public static Value.Map ValuesFor(Cluster cluster)
    {
        var isRotated = cluster.GenerationOf(KeyNames.ClusterIdentity) > 1;
        // SOPS takes the keys of both files together. They are mounted whole: what is mounted as a single file would
        // not follow the Secret when its keys change.
        (string Name, string Key, string Path)[] keys =
        [
            (BootstrapSecrets.SopsAgeName, BootstrapSecrets.AgeKeysFile, KeysPath),
            .. isRotated
                ? [(BootstrapSecrets.SopsAgeName + "-former", BootstrapSecrets.FormerAgeKeysFile,
                    $"{ConfigHome}/sops/age")]
                : Array.Empty<(string, string, string)>(),
        ];
        return Value.MapOf(
            ("configs", Value.MapOf(("cm", Value.MapOf(
                ("kustomize.buildOptions", "--enable-alpha-plugins --enable-exec"))))),
            ("repoServer", Value.MapOf(
                ("env", Value.ListOf(
                [
                    Variable("SOPS_AGE_KEY_FILE", $"{KeysPath}/{BootstrapSecrets.AgeKeysFile}"),
                    Variable("XDG_CONFIG_HOME", ConfigHome),
                ])),
                ("initContainers", Value.ListOf([Installing()])),
                ("volumeMounts", Value.ListOf(
                [
                    Value.MapOf(("mountPath", "/usr/local/bin/ksops"), ("name", Tools), ("subPath", "ksops")),
                    .. keys.Select(key => Value.MapOf(
                        ("mountPath", key.Path), ("name", key.Name), ("readOnly", true))),
                ])),
                ("volumes", Value.ListOf(
                [
                    Value.MapOf(("emptyDir", Value.Map.Empty), ("name", Tools)),
                    .. keys.Select(key => Value.MapOf(
                        ("name", key.Name), ("secret", OfSecret(key.Key)))),
                ])))));
    }

    private static Value Variable(string name, string value) => Value.MapOf(("name", name), ("value", value));

    private static Value Installing() => Value.MapOf(
        ("command", Manifest.Texts("/usr/local/bin/ksops", "install", ToolsPath)),
        ("image", Image),
        ("name", "install-ksops"),
        ("securityContext", Value.MapOf(
            ("allowPrivilegeEscalation", false),
            ("capabilities", Value.MapOf(("drop", Manifest.Texts("ALL")))),
            ("readOnlyRootFilesystem", true),
            ("runAsNonRoot", true),
            // The image names its user, and kubelet believes only a number.
            ("runAsUser", NonRoot),
            ("seccompProfile", Value.MapOf(("type", "RuntimeDefault"))))),
        ("volumeMounts", Value.ListOf([Value.MapOf(("mountPath", ToolsPath), ("name", Tools))])));

    private static Value OfSecret(string key) => Value.MapOf(
        ("items", Value.ListOf([Value.MapOf(("key", key), ("path", BootstrapSecrets.AgeKeysFile))])),
        ("secretName", BootstrapSecrets.SopsAgeName));
}
