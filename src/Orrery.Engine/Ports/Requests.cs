using Orrery.Model.Values;

namespace Orrery.Engine.Ports;

/// <summary>Whose a thing is: written on it in the request that makes it.</summary>
/// <param name="PlatformId">The platform's id.</param>
/// <param name="AddressHash">The hash of the resource's address.</param>
/// <param name="Generation">1 at first, one more with each replacement.</param>
public sealed record Owner(string PlatformId, string AddressHash, int Generation);

/// <summary>What is to be made.</summary>
/// <param name="Address">Its address in the platform.</param>
/// <param name="Name">
/// Its name in the cloud: deterministic, unique per project, at most 63 characters, a valid host name.
/// </param>
/// <param name="Owner">Written on it as labels.</param>
/// <param name="Desired">All fields, known.</param>
public sealed record CreateRequest(ResourceAddress Address, string Name, Owner Owner, Value.Map Desired);

/// <summary>What is to be changed in place.</summary>
/// <param name="Id">The cloud's id.</param>
/// <param name="Owner">Whose it must be, or null where the kind carries no label or the thing is not ours.</param>
/// <param name="Before">The observed fields.</param>
/// <param name="Desired">All fields, known.</param>
public sealed record UpdateRequest(string Id, Owner? Owner, Value.Map Before, Value.Map Desired);

/// <summary>What is to be deleted.</summary>
/// <param name="Id">The cloud's id.</param>
/// <param name="Owner">Whose it must be, or null where the kind carries no label.</param>
/// <param name="Known">The fields last known; what an attachment was attached to.</param>
public sealed record DeleteRequest(string Id, Owner? Owner, Value.Map Known)
{
    /// <summary>One with the same address takes its place, in this run or in the one that finishes it.</summary>
    public bool IsReplaced { get; init; }
}

/// <summary>A thing as the cloud shows it.</summary>
public sealed record Observed
{
    public required string Id { get; init; }

    /// <summary>Its name in the cloud; empty where the kind has none.</summary>
    public required string Name { get; init; }

    /// <summary>Whose it says it is; null when it carries no label of Orrery.</summary>
    public required Owner? Owner { get; init; }

    /// <summary>False while the cloud still works on it.</summary>
    public required bool IsReady { get; init; }

    /// <summary>Its fields under the names that desired values use; write-only ones are missing.</summary>
    public required Value.Map Properties { get; init; }

    /// <summary>What others may use: at least <c>id</c>.</summary>
    public required Value.Map Outputs { get; init; }
}
