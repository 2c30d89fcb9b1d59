namespace Orrery.Rehearsal.Stages;

/// <summary>Where a secret may be seen, because those there are whom it is for.</summary>
[Flags]
public enum SecretPlaces
{
    None = 0,

    /// <summary>The header that names the caller, towards the cloud that gave the token.</summary>
    Cloud = 1,

    /// <summary>The same towards the host of the repository, and the memory of git's credential cache.</summary>
    GitHost = 2,

    /// <summary>Secrets of clusters.</summary>
    Clusters = 4,

    /// <summary>What machines are given over SSH, on standard input.</summary>
    Machines = 8,

    /// <summary>What a server boots from.</summary>
    UserData = 16,

    /// <summary>An SSH agent of our own, on standard input.</summary>
    Agent = 32,

    /// <summary>All that a cluster held, with which its successor begins.</summary>
    Memory = 64,
}

/// <summary>A throw-away secret of a rehearsal, whose traces are looked for everywhere else.</summary>
/// <param name="Name">For messages, for example <c>secret/k3s-token token</c>.</param>
/// <param name="Value">Never shown.</param>
/// <param name="Places">Where it belongs.</param>
public sealed record PlantedSecret(string Name, string Value, SecretPlaces Places)
{
    public override string ToString() => $"({Name})";
}
