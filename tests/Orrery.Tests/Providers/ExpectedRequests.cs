using System.Net;
using System.Text;
using Orrery.Engine.Ports;

namespace Orrery.Tests.Providers;

/// <summary>A request as it went over the wire.</summary>
internal sealed record SentRequest(
    string Method, string PathAndQuery, string Body, string? Authorization, string? Tag, TimeSpan At);

/// <summary>A canned reply.</summary>
internal sealed record Reply(int Status, string Body = "", params (string Name, string Value)[] Headers)
{
    public static Reply Error(int status, string code, string message = "because") =>
        new(status, $$$"""{"error":{"code":"{{{code}}}","message":"{{{message}}}"}}""");
}

/// <summary>
/// The other end of the wire: a list of the requests that must come, in order, with their replies. A row is
/// <c>METHOD path?query body</c>.
/// </summary>
internal sealed class ExpectedRequests(params (string Request, Reply Reply)[] rows) : HttpMessageHandler
{
    private int _next;

    public List<SentRequest> Sent { get; } = [];

    public VirtualTime? Time { get; init; }

    public void AllCame() => Sent.Select(Line).ShouldBe(rows.Select(row => row.Request));

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = await Read(request, Time, cancellationToken);
        Sent.Add(sent);
        _next.ShouldBeLessThan(rows.Length, $"one too many: {Line(sent)}");
        var (expected, reply) = rows[_next++];
        Line(sent).ShouldBe(expected);
        return ToResponse(reply);
    }

    public static async Task<SentRequest> Read(
        HttpRequestMessage request, VirtualTime? time, CancellationToken cancellation)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellation);
        request.Options.TryGetValue(RequestTags.Address, out var tag);
        return new SentRequest(
            request.Method.Method, request.RequestUri!.PathAndQuery, body,
            request.Headers.Authorization?.ToString(), tag,
            time?.Now ?? TimeSpan.Zero);
    }

    public static HttpResponseMessage ToResponse(Reply reply)
    {
        var response = new HttpResponseMessage((HttpStatusCode)reply.Status)
        {
            Content = new StringContent(reply.Body, Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in reply.Headers)
            response.Headers.TryAddWithoutValidation(name, value);
        return response;
    }

    private static string Line(SentRequest sent)
    {
        var query = Uri.UnescapeDataString(sent.PathAndQuery);
        return sent.Body.Length == 0 ? $"{sent.Method} {query}" : $"{sent.Method} {query} {sent.Body}";
    }
}

/// <summary>The other end of the wire as a function.</summary>
internal sealed class Answering(VirtualTime time, Func<SentRequest, Reply> answer) : HttpMessageHandler
{
    private readonly Lock _gate = new();
    private readonly List<SentRequest> _sent = [];

    public IReadOnlyList<SentRequest> Sent
    {
        get
        {
            lock (_gate)
                return [.. _sent];
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var sent = await ExpectedRequests.Read(request, time, cancellationToken);
        lock (_gate)
            _sent.Add(sent);
        return ExpectedRequests.ToResponse(answer(sent));
    }
}
