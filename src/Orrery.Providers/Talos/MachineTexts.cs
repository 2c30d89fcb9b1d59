using Orrery.Model.Values;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Providers.Talos;

/// <summary>
/// A machine's configuration as a value of its resource: everything public as text, and the bundle of secrets, which is
/// known only when it is given to the machine. So a plan compares it, and holds no secret.
/// </summary>
internal sealed class MachineTexts(IReadOnlyList<TalosPlace> machines)
{
    private const string Public = "public";
    private const string Bundle = "bundle";

    /// <param name="place">Whose it is.</param>
    /// <param name="bundle">All secrets of the cluster, as <see cref="TalosSecretsFile"/> writes them.</param>
    public static Value.Sensitive Of(TalosPlace place, Value bundle) => new(Value.MapOf(
        (Public, MachineConfiguration.Of(place.Machine, Placeholders.Secrets).WriteRedacted()),
        ("node", place.Node),
        (Bundle, bundle)));

    /// <summary>What the machine is given. Secret.</summary>
    public string Render(Value configuration)
    {
        while (configuration is Value.Sensitive inner)
            configuration = inner.Of;
        var map = (Value.Map)configuration;
        var node = map["node"].AsText();
        var place = machines.First(machine => machine.Node == node);
        var secrets = TalosSecretsFile.Read(map[Bundle].AsText() ?? "");
        return MachineConfiguration.Of(place.Machine, secrets).Write().AsText() ?? "";
    }
}
