namespace Orrery.Secrets.Sops;

/// <summary>What part of a SOPS document was refused.</summary>
public enum SopsFailure
{
    /// <summary>The text is not what its format says: no YAML, no JSON, a line without a key.</summary>
    Malformed,

    /// <summary>There is no metadata: it is not encrypted.</summary>
    NotEncrypted,

    /// <summary>It is encrypted already, or has a key of its own where the metadata stands.</summary>
    AlreadyEncrypted,

    /// <summary>The metadata lacks something or says something impossible.</summary>
    Metadata,

    /// <summary>No identity at hand opens enough of the key groups.</summary>
    NoKey,

    /// <summary>A wrapped data key was changed after it was written.</summary>
    DataKey,

    /// <summary>A value was changed, moved or exchanged after it was written.</summary>
    Value,

    /// <summary>The message authentication code is not that of the values.</summary>
    Mac,

    /// <summary>The value to change is not there, or cannot be changed like this.</summary>
    Path,

    /// <summary>The creation rules in .sops.yaml cannot be used.</summary>
    Rules,
}

/// <summary>A SOPS document that cannot be read or written. The message never holds contents or keys.</summary>
public sealed class SopsException(SopsFailure failure, string message) : Exception(message)
{
    public SopsFailure Failure { get; } = failure;
}
