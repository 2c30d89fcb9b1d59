using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Providers.Talos;

/// <summary>
/// A machine's configuration as a value of its resource: everything public as text, and the bundle of secrets, which is
/// known only when it is given to the machine. So a plan compares it, and holds no secret.
/// </summary>
/// <param name="cluster">Whose machines they are.</param>
internal sealed class MachineTexts(Cluster cluster)
{
    private const string Public = "public";
    private const string Bundle = "bundle";
    private const string Versions = "versions";

    /// <param name="place">Whose it is.</param>
    /// <param name="bundle">All secrets of the cluster, as <see cref="TalosSecretsFile"/> writes them.</param>
    public static Value.Sensitive Of(TalosPlace place, Value bundle) => new(Value.MapOf(
        (Public, MachineConfiguration.Of(place.Machine, Placeholders.Secrets).WriteRedacted()),
        ("node", place.Node),
        (Versions, Value.ListOf(
            [place.Versions.Talos, place.Versions.ApiServer, place.Versions.Controllers, place.Versions.Kubelet])),
        (Bundle, bundle)));

    /// <summary>What the machine is given. Secret.</summary>
    public string Render(Value configuration) => Render(configuration, null);

    /// <summary>The same, with a key by which the machine joins its tailnet.</summary>
    /// <param name="tailnetKey">Null for none, as in all configurations but one.</param>
    public string Render(Value configuration, string? tailnetKey)
    {
        while (configuration is Value.Sensitive inner)
            configuration = inner.Of;
        var map = (Value.Map)configuration;
        var node = map["node"].AsText() ?? "";
        string[] versions = [.. map[Versions].AsList().Select(version => version.AsText() ?? "")];
        var running = cluster with
        {
            Versions = ValueMap.Of((node, new NodeVersions(versions[0], versions[1], versions[2], versions[3]))),
        };
        var place = TalosMachines.Of(running).First(machine => machine.Node == node);
        var secrets = TalosSecretsFile.Read(map[Bundle].AsText() ?? "");
        var machine = tailnetKey is null ? place.Machine : TailnetService.WithKey(place.Machine, tailnetKey);
        return MachineConfiguration.Of(machine, secrets).Write().AsText() ?? "";
    }
}
