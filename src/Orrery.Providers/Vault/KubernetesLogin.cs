using Orrery.Providers.Http;
using Orrery.Providers.Vault.Wire;

namespace Orrery.Providers.Vault;

/// <summary>
/// Logs in with the token of a Kubernetes service account and gives the Vault token that comes of it, until two thirds
/// of its time are over: https://openbao.org/docs/auth/kubernetes/.
/// </summary>
public sealed class KubernetesLogin : ITokenSource, IDisposable
{
    private readonly VaultClient _client;
    private readonly string _mount;
    private readonly string _role;
    private readonly Func<CancellationToken, ValueTask<string>> _serviceAccountToken;
    private readonly SemaphoreSlim _one = new(1, 1);
    private DateTimeOffset _goodUntil;

    /// <param name="mount">Where the method is enabled, for example <c>kubernetes</c>.</param>
    /// <param name="role">Which of its roles we ask for.</param>
    /// <param name="serviceAccountToken">Gives a token of the service account, for Vault's audience. Secret.</param>
    public KubernetesLogin(
        VaultClient withoutToken, string mount, string role,
        Func<CancellationToken, ValueTask<string>> serviceAccountToken) =>
        (_client, _mount, _role, _serviceAccountToken) = (withoutToken, mount, role, serviceAccountToken);

    public string? Current { get; private set; }

    public async ValueTask<string?> TokenAsync(CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            if (Current is null || _client.Time.GetUtcNow() >= _goodUntil)
                await LoginAsync(cancellation);
            return Current;
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>It may have been revoked, or the server may be another one than before: a new login tells.</summary>
    public bool Refused(string? token)
    {
        if (token == Current)
            Current = null;
        return true;
    }

    public void Dispose() => _one.Dispose();

    private async Task LoginAsync(CancellationToken cancellation)
    {
        var asked = _client.Time.GetUtcNow();
        var body = new LoginRequest(_role, await _serviceAccountToken(cancellation));
        var login = new VaultClient.Outgoing(HttpMethod.Post, VaultClient.PathOf("auth", _mount, "login"))
        {
            // Another login is another token; the lost one runs out.
            IsRepeatable = true,
            ChangesNothing = true,
        };
        var (_, reply) = await _client.AskAsync(
            login.With(body, VaultJson.Default.LoginRequest), VaultJson.Default.LoginReply, cancellation);
        Current = reply.Auth.ClientToken;
        _goodUntil = reply.Auth.LeaseDuration is > 0 and var seconds
            ? asked + TimeSpan.FromSeconds(seconds * 2 / 3.0)
            : DateTimeOffset.MaxValue;
    }
}
