using Orrery.Providers.Http;

namespace Orrery.Providers.Proxmox.Accounts;

/// <summary>
/// The token that the bootstrap made and the repository keeps. Read again when it is refused, for a newer one may have
/// replaced it meanwhile; null before there is one.
/// </summary>
internal sealed class KeptTokenSource(Func<CancellationToken, Task<string?>> read) : ITokenSource
{
    private const string Scheme = "PVEAPIToken=";

    private string? _header;

    /// <summary>The secret alone: others may quote it without the rest.</summary>
    public string? Current => _header is { } header ? header[(header.LastIndexOf('=') + 1)..] : null;

    public async ValueTask<string?> TokenAsync(CancellationToken cancellation) =>
        _header ??= await read(cancellation) is { } credential ? $"{Scheme}{credential}" : null;

    public bool Refused(string? token)
    {
        if (token is null || _header != token)
            return token is not null;
        _header = null;
        return true;
    }
}
