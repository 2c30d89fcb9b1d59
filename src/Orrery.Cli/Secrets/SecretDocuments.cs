using System.Text;
using Orrery.Cli.Composition;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;

namespace Orrery.Cli.Secrets;

/// <summary>
/// Values in SOPS documents of a declaration's folder. They are opened with the recovery identity, or with any identity
/// that <c>orrery secret</c> would use.
/// </summary>
internal sealed class SecretDocuments(Host host, Loaded loaded)
{
    private readonly Dictionary<string, SopsDocument> _opened = new(StringComparer.Ordinal);

    public string PathOf(string path) => Path.GetFullPath(path, loaded.Folder);

    public (string? Value, Diagnostic? Problem) Find(SecretReference.Sops reference, NeededSecret secret)
    {
        try
        {
            var value = Encoding.UTF8.GetString(Open(reference.Path).Extract(reference.Key.Split('.'))).Trim();
            return value.Length > 0 ? (value, null) : (null, Missing(reference, secret, "the value is empty"));
        }
        catch (Exception exception) when (exception is SopsException or AgeException)
        {
            return (null, Missing(reference, secret, exception.Message));
        }
        catch (SecretRefusal refusal)
        {
            return (null, Missing(reference, secret, refusal.Diagnostic.Detail.TrimEnd('.')));
        }
    }

    private SopsDocument Open(string path)
    {
        if (_opened.TryGetValue(path, out var known))
            return known;
        var file = SecretFile.Read(host, PathOf(path), type: null);
        var document = SopsFile.Open(file.Bytes, file.Format, [.. Recovery(), .. SopsIdentities.Find(host).Identities]);
        return _opened[path] = document;
    }

    /// <summary>None where it is itself in such a document, which nobody could open.</summary>
    private IReadOnlyList<IIdentity> Recovery()
    {
        var identity = loaded.Platform.Recovery.Identity;
        return identity is SecretReference.Env or SecretReference.File
            && FoundSecrets.Find(host, loaded, NeededSecrets.Identity(loaded.Platform)).Value is { } found
            && found.Find(identity) is { } text
                ? ProtectedIdentity.Read(host, text, "the recovery identity").Identities
                : [];
    }

    private static Diagnostic Missing(SecretReference.Sops reference, NeededSecret secret, string why) =>
        CliCodes.SecretMissing.At(
            null,
            $"{{ {reference} }} holds {secret.Purpose}, and cannot be read: {why}.",
            ["look at it:", $"  orrery secret view {reference.Path} {reference.Key}"]);
}
