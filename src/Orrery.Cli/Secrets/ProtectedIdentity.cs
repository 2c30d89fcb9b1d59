using Orrery.Cli.Age;
using Orrery.Cli.Composition;
using Orrery.Secrets.Age;

namespace Orrery.Cli.Secrets;

/// <summary>An identity that is itself encrypted with a passphrase, as <c>age-keygen | age -p</c> makes them.</summary>
internal static class ProtectedIdentity
{
    /// <summary>Names a file whose first line is the passphrase, where nobody can be asked.</summary>
    public const string Variable = "ORRERY_IDENTITY_PASSPHRASE_FILE";

    /// <summary>The identities of a file, protected or not; none where there is a problem with them.</summary>
    /// <param name="what">Whose passphrase is asked for.</param>
    /// <param name="added">Further ones, in plain.</param>
    public static (IReadOnlyList<IIdentity> Identities, string? Problem) Read(
        Host host, string text, string what, string added = "")
    {
        var (opened, problem) = Open(host, text, what);
        if (problem is null && IdentityFile.TryParse($"{opened}\n{added}", out var identities, out problem))
            return (identities, null);
        return ([], problem);
    }

    private static (string Text, string? Problem) Open(Host host, string text, string what)
    {
        if (!RecoveryFile.IsProtected(text.TrimStart()))
            return (text, null);
        try
        {
            var passphrases = new Passphrases(host, host.Environment(Variable) is { Length: > 0 } file ? file : null);
            // A person types: there is nothing else to do meanwhile.
            var passphrase = Task.Run(() => passphrases.OfAsync(what, CancellationToken.None)).GetAwaiter().GetResult();
            return (RecoveryFile.Open(text.TrimStart(), passphrase), null);
        }
        catch (AgeRefusal refusal)
        {
            return (text, $"{refusal.Diagnostic.Detail.TrimEnd('.')}; {Variable} may name a file with the passphrase");
        }
        catch (AgeException)
        {
            return (text, "the passphrase is another one");
        }
        catch (IOException problem)
        {
            return (text, $"the file of its passphrase cannot be read: {problem.Message.TrimEnd('.')}");
        }
    }
}
