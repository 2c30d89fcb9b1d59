namespace Orrery.Secrets.SealedSecrets;

/// <summary>What became of opening one sealed value.</summary>
/// <param name="Key">The key that opened it; null where none did.</param>
/// <param name="Plain">The content; null where it did not open.</param>
/// <param name="Problem">Why not, for a sentence; empty where it opened.</param>
public sealed record Unsealed(SealedSecretsKey? Key, byte[]? Plain, string Problem)
{
    public override string ToString() => Problem.Length == 0 ? "(opened)" : Problem;
}

/// <summary>
/// Opens sealed values of a repository with all its keys, and where one does not open, finds out why: the controller in
/// a cluster tells only that it does not.
/// </summary>
public sealed class Unsealing
{
    private readonly IReadOnlyList<SealedSecretsKey> _keys;
    private readonly IReadOnlyList<SealingScope> _others;

    /// <param name="objects">
    /// The SealedSecrets of the repository: what was renamed or moved is found among their names.
    /// </param>
    public Unsealing(IEnumerable<SealedSecretsKey> keys, IEnumerable<SealedObject> objects)
    {
        _keys = [.. keys.OrderByDescending(key => key.Certificate.NotBefore)];
        var known = objects.ToArray();
        var spaces = known.Select(one => one.Namespace).Distinct(StringComparer.Ordinal).ToArray();
        var names = known.Select(one => one.Name).Distinct(StringComparer.Ordinal).ToArray();
        _others =
        [
            new SealingScope.ClusterWide(),
            .. spaces.Select(space => new SealingScope.NamespaceWide(space)),
            .. spaces.SelectMany(space => names.Select(name => new SealingScope.Strict(space, name))),
        ];
    }

    public Unsealed Open(string value, SealingScope scope)
    {
        foreach (var key in _keys)
        {
            try
            {
                return new Unsealed(key, SealedSecret.Open(value, scope, [key]), "");
            }
            catch (SealedSecretException exception) when (exception.Failure == SealedSecretFailure.NoKey)
            {
                // The next one, perhaps.
            }
            catch (SealedSecretException exception)
            {
                return new Unsealed(null, null, $"it is damaged: {exception.Message}");
            }
        }

        return new Unsealed(null, null, Explain(value));
    }

    private string Explain(string value)
    {
        if (_keys.FirstOrDefault(key => SealedSecret.IsFor(value, key)) is not { } key)
        {
            var keys = _keys.Count == 1 ? "the one key" : $"any of the {_keys.Count} keys";
            return $"it was sealed to another key than {keys} of the platform";
        }

        return _others.FirstOrDefault(scope => Opens(value, scope, key)) is { } other
            ? $"it was sealed for {Described(other)}"
            : "it was sealed for another scope, name or namespace";
    }

    private static bool Opens(string value, SealingScope scope, SealedSecretsKey key)
    {
        try
        {
            SealedSecret.Open(value, scope, [key]);
            return true;
        }
        catch (SealedSecretException exception)
        {
            // Its scope is found, too, where only its content is damaged.
            return exception.Failure == SealedSecretFailure.Content;
        }
    }

    private static string Described(SealingScope scope) => scope switch
    {
        SealingScope.Strict strict => $"{strict.Namespace}/{strict.Name} (scope strict)",
        SealingScope.NamespaceWide wide => $"the namespace {wide.Namespace} (scope namespace-wide)",
        _ => "every namespace (scope cluster-wide)",
    };
}
