using Orrery.Model.Values;

namespace Orrery.Simulation.Kubernetes;

/// <summary>The tokens of service accounts that the server has given, which it alone can tell whose they are.</summary>
public sealed class ServiceAccountTokens
{
    private readonly Dictionary<string, IssuedToken> _issued = new(StringComparer.Ordinal);

    /// <summary>Whose a token is, or null where it was not given here.</summary>
    public IssuedToken? Find(string token) => _issued.GetValueOrDefault(token);

    internal void Add(string token, IssuedToken issued) => _issued[token] = issued;
}

/// <summary>A token of a service account.</summary>
/// <param name="Uid">Of the account: another one of the same name is another one.</param>
/// <param name="Audiences">For whom it is meant.</param>
public sealed record IssuedToken(
    string Namespace, string Account, string Uid, ValueList<string> Audiences, DateTimeOffset Expires);
