namespace Orrery.Providers.Proxmox.Wire;

/// <summary>A user's token; its secret is shown only when it is made.</summary>
internal sealed record TokenEntry(string Tokenid, string? Comment = null);

/// <summary>The reply to making a token: the only one that holds its secret.</summary>
internal sealed class MadeToken
{
    public string? Value { get; init; }
}
