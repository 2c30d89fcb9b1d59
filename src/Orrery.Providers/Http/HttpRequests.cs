namespace Orrery.Providers.Http;

/// <summary>What the chain asks of a request.</summary>
internal static class HttpRequests
{
    /// <summary>
    /// How long one attempt of a request that changes things may take. The lease must outlast it, and after a crash a
    /// lost request is waited out for as long, so it is short; the clouds answer with an action's id well within it.
    /// </summary>
    public static readonly TimeSpan MutatingTimeout = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How long one attempt of a reading request may take: a page of 50 entries takes less than a second.
    /// </summary>
    public static readonly TimeSpan ReadingTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Set where the method does not tell: a dry run changes nothing, a command in a pod may.</summary>
    public static readonly HttpRequestOptionsKey<bool> Changes = new("orrery.changes");

    /// <summary>The reply has no end that one could wait for: a watch, a log, an upgraded connection.</summary>
    public static readonly HttpRequestOptionsKey<bool> Streamed = new("orrery.streamed");

    /// <summary>How large the reply may be, where the usual limit is too small.</summary>
    public static readonly HttpRequestOptionsKey<int> BodyBytesMax = new("orrery.body-bytes-max");

    public static bool ChangesThings(this HttpRequestMessage request) =>
        request.Options.TryGetValue(Changes, out var changes) ? changes : request.Method != HttpMethod.Get;

    public static bool IsStreamed(this HttpRequestMessage request) =>
        request.Options.TryGetValue(Streamed, out var streamed) && streamed;

    public static TimeSpan AttemptTimeout(this HttpRequestMessage request) =>
        request.ChangesThings() ? MutatingTimeout : ReadingTimeout;

    public static string Path(this HttpRequestMessage request) => request.RequestUri?.AbsolutePath ?? "";

    /// <summary>For messages: the method and the path, never the query nor the body.</summary>
    public static string InWords(this HttpRequestMessage request) => $"{request.Method} {request.Path()}";
}
