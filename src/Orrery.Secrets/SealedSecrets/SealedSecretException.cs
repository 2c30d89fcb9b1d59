namespace Orrery.Secrets.SealedSecrets;

/// <summary>What of a sealed value was refused.</summary>
public enum SealedSecretFailure
{
    /// <summary>It is not base64, too short, or a part has the wrong length.</summary>
    Malformed,

    /// <summary>None of the keys opens it: sealed to another key, or for another scope.</summary>
    NoKey,

    /// <summary>The encrypted content was changed after it was sealed.</summary>
    Content,

    /// <summary>The key pair itself cannot be read, or its halves do not belong together.</summary>
    KeyPair,
}

/// <summary>
/// A sealed value or a key that cannot be used. The message says what is wrong and never holds contents or keys.
/// </summary>
public sealed class SealedSecretException(SealedSecretFailure failure, string message) : Exception(message)
{
    public SealedSecretFailure Failure { get; } = failure;
}
