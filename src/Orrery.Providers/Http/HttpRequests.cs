using System.Net;

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

    /// <summary>
    /// Set where the method does not tell: whether the request has the same effect twice as once.
    /// </summary>
    public static readonly HttpRequestOptionsKey<bool> Repeatable = new("orrery.repeatable");

    /// <summary>Whoever asks goes on asking by himself: nothing is repeated on the way.</summary>
    public static readonly HttpRequestOptionsKey<bool> Once = new("orrery.once");

    /// <summary>Says of which statuses whoever asks reads the reply: no refusal, then.</summary>
    public static readonly HttpRequestOptionsKey<Func<HttpStatusCode, bool>> Awaited = new("orrery.awaited");

    /// <summary>How long one attempt may take, where the usual limit is too short.</summary>
    public static readonly HttpRequestOptionsKey<TimeSpan> Timeout = new("orrery.timeout");

    /// <summary>How large the reply may be, where the usual limit is too small.</summary>
    public static readonly HttpRequestOptionsKey<int> BodyBytesMax = new("orrery.body-bytes-max");

    public static bool ChangesThings(this HttpRequestMessage request) =>
        request.Options.TryGetValue(Changes, out var changes) ? changes : request.Method != HttpMethod.Get;

    public static bool IsStreamed(this HttpRequestMessage request) =>
        request.Options.TryGetValue(Streamed, out var streamed) && streamed;

    /// <summary>GET, PUT and DELETE are, and so are the patches of Kubernetes. A POST is not, nor is a command in a
    /// pod, which begins with a GET that changes its protocol.</summary>
    public static bool IsRepeatable(this HttpRequestMessage request) =>
        request.Options.TryGetValue(Repeatable, out var repeatable)
            ? repeatable
            : request.Method != HttpMethod.Post && (request.Method != HttpMethod.Get || !request.ChangesThings());

    public static bool Awaits(this HttpRequestMessage request, HttpStatusCode status) =>
        request.Options.TryGetValue(Awaited, out var awaited) && awaited(status);

    public static TimeSpan AttemptTimeout(this HttpRequestMessage request) =>
        request.Options.TryGetValue(Timeout, out var timeout) ? timeout
        : request.ChangesThings() ? MutatingTimeout : ReadingTimeout;

    public static string Path(this HttpRequestMessage request) => request.RequestUri?.AbsolutePath ?? "";

    /// <summary>For messages: the method and the path, never the query nor the body.</summary>
    public static string InWords(this HttpRequestMessage request) => $"{request.Method} {request.Path()}";
}
