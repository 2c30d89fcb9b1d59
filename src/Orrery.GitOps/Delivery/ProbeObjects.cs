using Orrery.GitOps.Manifests;
using Orrery.Model.Values;

namespace Orrery.GitOps.Delivery;

/// <summary>
/// What shows whether the network of pods carries their packets: a small pod on each node, in a namespace of its own,
/// that answers others and asks them, and a Service before them. It lives for a minute, and leaves nothing.
/// </summary>
public static class ProbeObjects
{
    public const string Namespace = "orrery-probe";

    /// <summary>Of the DaemonSet, and of the Service.</summary>
    public const string Name = "probe";

    /// <summary>Where each pod answers.</summary>
    public const int PodPort = 8080;

    /// <summary>Where the Service does.</summary>
    public const int ServicePort = 80;

    private const int User = 65534;

    // docker.io/library/busybox, the index of all its architectures.
    private const string Image =
        "docker.io/library/busybox:1.36.1@sha256:73aaf090f3d85aa34ee199857f03fa3a95c8ede2ffd4cc2cdb5b94e566b11662";

    private const string Answering =
        "mkdir -p /tmp/www && echo ok > /tmp/www/index.html && exec httpd -f -p 8080 -h /tmp/www";

    // All of them at once: nobody waits for what is lost longer than for one. A packet between nodes takes
    // milliseconds, and one that is lost is sent again after 1 s and after 3 s. wget's own limit, -T, is not asked for:
    // some builds of it (Debian's 1.35) crash there.
    private const string Asking = """
        for target; do
          { said=$(timeout 4 wget -q -O /dev/null "http://$target/" 2>&1) || echo "$target ${said:-silent for 4 s}"; } &
        done
        wait
        """;

    /// <summary>The longest that <see cref="Command"/> takes where a container starts it at once.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(4);

    /// <summary>In the order in which they are applied; the namespace holds all the others.</summary>
    public static ValueList<Value.Map> All { get; } =
    [
        Manifest.Of("v1", "Namespace", Namespace, null)
            .Labelled("pod-security.kubernetes.io/enforce", "restricted"),
        Manifest.Of("v1", "Service", Name, Namespace, ("spec", Value.MapOf(
            ("ports", Value.ListOf([Value.MapOf(
                ("name", "http"), ("port", ServicePort), ("protocol", "TCP"), ("targetPort", PodPort))])),
            ("selector", Labels)))),
        Manifest.Of("apps/v1", "DaemonSet", Name, Namespace, ("spec", Value.MapOf(
            ("selector", Value.MapOf(("matchLabels", Labels))),
            ("template", Value.MapOf(("metadata", Value.MapOf(("labels", Labels))), ("spec", Pod)))))),
    ];

    /// <summary>
    /// What a pod runs to ask others: a line for each that does not answer, with its target first, and nothing for
    /// those that do.
    /// </summary>
    /// <param name="targets">Address and port of each, as in a URL.</param>
    public static ValueList<string> Command(IEnumerable<string> targets) =>
        ["/bin/sh", "-c", Asking, "probe", .. targets];

    private static Value.Map Labels => Value.MapOf(("app.kubernetes.io/name", $"orrery-{Name}"));

    private static Value.Map Pod => Value.MapOf(
        ("automountServiceAccountToken", false),
        ("containers", Value.ListOf([Value.MapOf(
            ("command", Manifest.Texts("/bin/sh", "-c", Answering)),
            ("image", Image),
            ("name", Name),
            ("ports", Value.ListOf([Value.MapOf(
                ("containerPort", PodPort), ("name", "http"), ("protocol", "TCP"))])),
            ("readinessProbe", Value.MapOf(
                ("httpGet", Value.MapOf(("path", "/"), ("port", PodPort))), ("periodSeconds", 1))),
            ("resources", Value.MapOf(
                ("limits", Value.MapOf(("cpu", "100m"), ("memory", "32Mi"))),
                ("requests", Value.MapOf(("cpu", "10m"), ("memory", "16Mi"))))),
            ("securityContext", Value.MapOf(
                ("allowPrivilegeEscalation", false),
                ("capabilities", Value.MapOf(("drop", Manifest.Texts("ALL")))))))])),
        ("securityContext", Value.MapOf(
            ("runAsGroup", User), ("runAsNonRoot", true), ("runAsUser", User),
            ("seccompProfile", Value.MapOf(("type", "RuntimeDefault"))))),
        // The first process of a container hears no signal that it does not ask for.
        ("terminationGracePeriodSeconds", 1),
        // Also where nothing else shall run: nodes of the control plane, and those that somebody has cordoned.
        ("tolerations", Value.ListOf([Value.MapOf(("operator", "Exists"))])));
}
