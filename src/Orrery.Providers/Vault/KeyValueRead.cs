using System.Text.Json.Nodes;
using Orrery.Model.Values;

namespace Orrery.Providers.Vault;

/// <summary>
/// What a successful read of a document finds. A read that fails throws; it never looks like an empty document.
/// </summary>
public abstract record KeyValueRead
{
    private KeyValueRead(int version) => Version = version;

    /// <summary>What a write must name as the version that it follows; 0 where none was ever written.</summary>
    public int Version { get; }

    /// <summary>Nothing was ever written there, or all of it was removed with its metadata.</summary>
    public sealed record Absent() : KeyValueRead(0);

    /// <summary>The version is deleted; its data may come back unless it was destroyed.</summary>
    public sealed record Deleted(int Last, bool IsDestroyed) : KeyValueRead(Last);

    /// <summary>The version is there.</summary>
    /// <param name="Data">Its fields. Secret.</param>
    /// <param name="CustomMetadata">Of the document, the same for all its versions; empty where there is none.</param>
    public sealed record Present(int Current, JsonObject Data, ValueMap<string> CustomMetadata)
        : KeyValueRead(Current)
    {
        /// <summary>Without the data.</summary>
        public override string ToString() => $"version {Current} with {Data.Count} fields";
    }
}

/// <summary>What is known of a document beside its data.</summary>
/// <param name="CurrentVersion">The last one written.</param>
/// <param name="MaxVersions">How many are kept; 0 for the engine's own limit.</param>
/// <param name="IsCasRequired">Writes must name the version that they follow.</param>
public sealed record KeyValueMetadata(
    int CurrentVersion, int MaxVersions, bool IsCasRequired, ValueMap<string> CustomMetadata);
