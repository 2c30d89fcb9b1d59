using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>
/// Tailscale's extension of Talos, as variables of its service: https://tailscale.com/kb/1282/docker has their names.
/// Pure.
/// </summary>
internal static class TailnetService
{
    /// <summary>Talos calls its service <c>ext-tailscale</c>.</summary>
    public const string Name = "tailscale";

    private const string Key = "TS_AUTHKEY";

    /// <summary>
    /// All but a key. With what it keeps on its disk a node is in its tailnet after each boot; it does not log in anew.
    /// </summary>
    /// <param name="hostName">As the node is called in the tailnet.</param>
    /// <param name="tailnet">Which one.</param>
    /// <param name="routes">What others reach through it.</param>
    public static ValueMap<Value> Of(string hostName, Headscale tailnet, ValueList<string> routes) =>
        ValueMap.Of<Value>(
            ("TS_AUTH_ONCE", "true"),
            ("TS_EXTRA_ARGS", $"--login-server={tailnet.Url}"),
            ("TS_HOSTNAME", hostName),
            ("TS_ROUTES", string.Join(',', routes)));

    /// <summary>A machine that joins, by a key that opens to one machine for minutes.</summary>
    public static TalosMachine WithKey(TalosMachine machine, string key) => machine with
    {
        ExtensionServices = machine.ExtensionServices.With(
            Name, machine.ExtensionServices[Name].With(Key, new Value.Sensitive(key))),
    };
}
