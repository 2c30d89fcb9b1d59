namespace Orrery.Engine.Ports;

/// <summary>What kind of refusal it was; decides what the engine does next.</summary>
public enum ProviderErrorCode
{
    /// <summary>Not there. Terminal.</summary>
    NotFound,

    /// <summary>Something of that name, or in that place, exists already: look whose it is.</summary>
    Conflict,

    /// <summary>The request is wrong and always will be. Terminal.</summary>
    Invalid,

    /// <summary>The token is missing, wrong or may not do this. Terminal.</summary>
    Unauthorized,

    /// <summary>The account may not have more of these. Terminal until a person raises the limit.</summary>
    LimitExceeded,

    /// <summary>The place has none left of this type: try another type or place.</summary>
    CapacityUnavailable,

    /// <summary>Busy with another change: try again soon.</summary>
    Locked,

    /// <summary>Too many requests: try again when the budget says.</summary>
    RateLimited,

    /// <summary>
    /// The cloud failed (5xx) or could not be reached; nothing is known of a request that changes things.
    /// </summary>
    Unavailable,

    /// <summary>No reply in time; nothing is known of a request that changes things.</summary>
    Timeout,

    /// <summary>It is not ours: its labels name another owner or none. Terminal.</summary>
    Foreign,

    /// <summary>The cloud accepted the work and later said that it failed. Terminal for this attempt.</summary>
    ActionFailed,

    /// <summary>
    /// It waits for what others do, and nothing of that has moved for too long. Terminal: another attempt would only
    /// wait again.
    /// </summary>
    Stalled,

    /// <summary>The lease is lost or too short for this request; nothing was sent.</summary>
    NotWriter,
}

/// <summary>
/// The outside world's refusal, told at the provider's border. Never carries a secret or a whole body.
/// </summary>
public sealed class ProviderException(ProviderErrorCode code, string message, Exception? inner = null)
    : Exception(message, inner)
{
    public ProviderErrorCode Code { get; } = code;

    /// <summary>The vendor's own code, for example <c>uniqueness_error</c>; empty where there is none.</summary>
    public string CloudCode { get; init; } = "";

    /// <summary>The HTTP status, or 0 where no reply came.</summary>
    public int Status { get; init; }

    /// <summary>The vendor's id of the request, for its support; null where it sent none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The cloud's id of the foreign thing, for <see cref="ProviderErrorCode.Foreign"/>.</summary>
    public string? ForeignId { get; init; }

    /// <summary>Trying again later may succeed.</summary>
    public bool IsTransient => Code is ProviderErrorCode.Locked or ProviderErrorCode.RateLimited
        or ProviderErrorCode.Unavailable or ProviderErrorCode.Timeout;

    /// <summary>The request may have taken effect although no success was told.</summary>
    public bool MayHaveHappened => Code is ProviderErrorCode.Unavailable or ProviderErrorCode.Timeout;
}
