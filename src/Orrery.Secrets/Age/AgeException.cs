namespace Orrery.Secrets.Age;

/// <summary>What part of an age file was refused.</summary>
public enum AgeFailure
{
    /// <summary>The text around the file is not strict ASCII armor.</summary>
    Armor,

    /// <summary>The header is malformed.</summary>
    Header,

    /// <summary>None of the identities is a recipient.</summary>
    NoMatch,

    /// <summary>The header was changed after it was written.</summary>
    HeaderMac,

    /// <summary>The encrypted content is damaged, cut short or followed by something else.</summary>
    Payload,

    /// <summary>A plugin refuses, or says what it must not.</summary>
    Plugin,
}

/// <summary>An age file that cannot be read. The message says what is wrong and never holds contents or keys.</summary>
public sealed class AgeException(AgeFailure failure, string message) : Exception(message)
{
    public AgeFailure Failure { get; } = failure;
}
