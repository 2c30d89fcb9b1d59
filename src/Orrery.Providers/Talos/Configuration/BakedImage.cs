using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>What is baked into the images of machines.</summary>
public static class BakedImage
{
    // META names cards as the kernel does, and by its own counting the only one is eth0 everywhere.
    private const string OldNames = "net.ifnames=0";

    /// <summary>One for all machines of a cluster.</summary>
    public static Schematic Of(ValueList<string> extensions) => new() { Extensions = extensions };

    /// <summary>One for each machine, which holds its addresses; for the platform metal only.</summary>
    public static Schematic Of(ValueList<string> extensions, TalosNetwork network, string hostName) => new()
    {
        Extensions = extensions,
        KernelArguments = [OldNames],
        Meta = [MetaNetwork.Of(network, hostName)],
    };
}
