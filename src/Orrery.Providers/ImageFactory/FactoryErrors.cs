using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;
using static Orrery.Engine.Ports.ProviderErrorCode;

namespace Orrery.Providers.ImageFactory;

/// <summary>
/// What the factory's refusals mean for us: plain text, with the statuses of
/// https://github.com/siderolabs/image-factory/blob/main/docs/api.md
/// </summary>
internal static class FactoryErrors
{
    private const int MessageCharactersMax = 300;

    public static ProviderException Classify(ErrorReply reply)
    {
        var said = reply.Redact(Encoding.UTF8.GetString(reply.Body.Span).Trim().ReplaceLineEndings(" "));
        if (said.Length > MessageCharactersMax)
            said = $"{said[..MessageCharactersMax]}…";
        return new ProviderException(
            CodeOf(reply.Status), $"the Image Factory refused {reply.What}: {said} ({reply.Status})")
        {
            Status = reply.Status,
            RequestId = reply.RequestId,
        };
    }

    private static ProviderErrorCode CodeOf(int status) => status switch
    {
        401 or 402 or 403 => Unauthorized,
        404 => NotFound,
        408 or 504 => ProviderErrorCode.Timeout,
        429 => RateLimited,
        >= 500 => Unavailable,
        _ => Invalid,
    };
}
