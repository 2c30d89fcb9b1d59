namespace Orrery.Providers.Http;

/// <summary>Tokens that change while we run: read from a file, or given by a program until they run out.</summary>
public interface ITokenSource
{
    /// <summary>The last token given, to take it out of messages; null before the first.</summary>
    string? Current { get; }

    /// <summary>The token for the next request; null where a client certificate says who we are.</summary>
    ValueTask<string?> TokenAsync(CancellationToken cancellation);

    /// <summary>The server does not accept this token. True where asking for another one may help.</summary>
    bool Refused(string? token);
}
