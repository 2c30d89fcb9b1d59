using Orrery.Model.Values;

namespace Orrery.Simulation.Hetzner;

/// <summary>One thing that exists in the simulated project, as its checkers see it.</summary>
public sealed record InventoryItem
{
    /// <summary>The collection's name in the API: <c>servers</c>, <c>volumes</c>, <c>primary_ips</c>...</summary>
    public required string Kind { get; init; }

    public required long Id { get; init; }

    public required string Name { get; init; }

    public required ValueMap<string> Labels { get; init; }

    /// <summary>Since the world began.</summary>
    public required TimeSpan Created { get; init; }

    public required bool DeleteProtected { get; init; }

    /// <summary>It was there before the first request.</summary>
    public required bool Preset { get; init; }

    /// <summary>Where it has one: the server's, primary or floating IP's address.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>The server that it is attached or assigned to.</summary>
    public long? Server { get; init; }

    /// <summary>In euros, without VAT, for a whole month. Simulated: see the price list's source.</summary>
    public required decimal MonthlyCost { get; init; }
}
