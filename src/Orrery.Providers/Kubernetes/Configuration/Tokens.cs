using Orrery.Providers.Http;

namespace Orrery.Providers.Kubernetes.Configuration;

/// <summary>A token that stays as it is.</summary>
public sealed class FixedToken(string value) : ITokenSource
{
    public string? Current => value;

    public ValueTask<string?> TokenAsync(CancellationToken cancellation) => ValueTask.FromResult<string?>(value);

    public bool Refused(string? token) => false;

    public override string ToString() => "a token";
}

/// <summary>A token in a file that somebody renews: a service account's, for example.</summary>
internal sealed class FileTokens(Func<string> read, TimeProvider time) : ITokenSource
{
    /// <summary>As long as client-go keeps one; the kubelet renews them long before they run out.</summary>
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long _readAt;

    public string? Current { get; private set; }

    public ValueTask<string?> TokenAsync(CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (Current is null || time.GetElapsedTime(_readAt) >= KeptFor)
            {
                Current = read();
                _readAt = time.GetTimestamp();
            }

            return ValueTask.FromResult<string?>(Current);
        }
    }

    public bool Refused(string? token)
    {
        lock (_gate)
        {
            Current = read();
            _readAt = time.GetTimestamp();
            return Current != token;
        }
    }
}

/// <summary>Tokens that a program gives, each until it runs out or is refused.</summary>
#pragma warning disable CA1001 // A semaphore whose wait handle nobody takes holds nothing.
internal sealed class PluginTokens(CredentialPlugin plugin, Credential first, TimeProvider time) : ITokenSource
{
#pragma warning restore CA1001
    /// <summary>A request that is sent right before the end arrives after it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(30);

    private readonly SemaphoreSlim _one = new(1, 1);
    private Credential? _credential = first;

    public string? Current { get; private set; } = first.Token;

    public async ValueTask<string?> TokenAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (_credential is null || time.GetUtcNow() >= _credential.Expires - Margin)
                _credential = await plugin.RunAsync(cancellation);
            return Current = _credential.Token;
        }
        finally
        {
            _one.Release();
        }
    }

    public bool Refused(string? token)
    {
        // Whoever comes first has it forgotten; all others ask for the new one.
        if (_credential?.Token == token)
            _credential = null;
        return true;
    }
}
