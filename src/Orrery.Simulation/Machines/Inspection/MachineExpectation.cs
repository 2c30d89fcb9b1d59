using Orrery.Model.Values;

namespace Orrery.Simulation.Machines.Inspection;

/// <summary>What a platform's declaration says of one machine.</summary>
public sealed record MachineExpectation
{
    public ValueList<ExpectedVolume> Volumes { get; init; } = [];

    /// <summary>Addresses that the cloud sends to it and that it must take.</summary>
    public ValueList<string> FloatingIps { get; init; } = [];

    /// <summary>For example <c>v1.34.3+k3s3</c>; null where it runs no K3s.</summary>
    public string? K3sVersion { get; init; }

    /// <summary>Texts that must not stand in user data.</summary>
    public ValueList<string> Secrets { get; init; } = [];

    /// <summary>Files and folders with the mode and owner that they must have once K3s runs.</summary>
    public ValueList<ExpectedPath> Paths { get; init; } = [];

    /// <summary>How long booting and preparing may take: 15 minutes.</summary>
    public TimeSpan PrepareLimit { get; init; } = TimeSpan.FromMinutes(15);
}

/// <summary>A volume and where it is mounted.</summary>
public sealed record ExpectedVolume(string Path, long Volume);

/// <summary>A path with its permission bits and the number of its owner.</summary>
public sealed record ExpectedPath(string Path, int Mode, int Owner);

/// <summary>Something that is wrong with a machine.</summary>
/// <param name="Name">Stable, for example <c>wrong-device</c>.</param>
/// <param name="Detail">What was seen, in a sentence.</param>
public sealed record MachineProblem(string Name, string Detail);
