using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>
/// The client file of <c>talosctl</c> for one cluster. It always names endpoints: without them no command works, and no
/// message says why.
/// </summary>
public sealed record Talosconfig
{
    private Talosconfig(string cluster, ValueList<string> endpoints) => (Cluster, Endpoints) = (cluster, endpoints);

    /// <summary>The name of the context.</summary>
    public string Cluster { get; }

    /// <summary>Control planes that answer for all machines; never the VIP, which is gone when etcd is.</summary>
    public ValueList<string> Endpoints { get; }

    /// <summary>The machines that a command means which names none.</summary>
    public ValueList<string> Nodes { get; init; } = [];

    /// <summary>PEM.</summary>
    public required string Authority { get; init; }

    /// <inheritdoc cref="Authority"/>
    public required string Certificate { get; init; }

    /// <summary>PEM. Secret.</summary>
    public required Value.Sensitive PrivateKey { get; init; }

    /// <param name="controlPlanes">Addresses; at least one, or it is our mistake.</param>
    /// <param name="secrets">The outputs of the cluster's <c>secret/talos-secrets</c>.</param>
    public static Talosconfig Of(string cluster, IEnumerable<string> controlPlanes, Value.Map secrets)
    {
        var endpoints = controlPlanes.ToValueList();
        Invariant.Check(endpoints.Count > 0, "a talosconfig names at least one control plane");
        return new Talosconfig(cluster, endpoints)
        {
            Nodes = endpoints,
            Authority = secrets["talosAuthority"].AsText() ?? "",
            Certificate = secrets["talosCertificate"].AsText() ?? "",
            PrivateKey = new Value.Sensitive(secrets["talosKey"].AsText() ?? ""),
        };
    }

    /// <summary>The file's text.</summary>
    public Value.Sensitive Write()
    {
        var context = Value.MapOf(
            ("endpoints", Value.ListOf(Endpoints.Select(each => (Value)each))),
            ("nodes", Value.ListOf(Nodes.Select(each => (Value)each))),
            ("ca", TalosSecretsFile.Base64Of(Authority)),
            ("crt", TalosSecretsFile.Base64Of(Certificate)),
            ("key", TalosSecretsFile.Base64Of(PrivateKey.AsText() ?? "")));
        return YamlText.WriteSensitive(Value.MapOf(
            ("context", Cluster), ("contexts", Value.MapOf((Cluster, context)))));
    }
}
