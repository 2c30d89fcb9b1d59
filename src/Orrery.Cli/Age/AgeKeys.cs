using System.Text;
using Orrery.Cli.Composition;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;
using Orrery.Secrets.Age.Plugins;

namespace Orrery.Cli.Age;

/// <summary>The keys that a user named: recipients, files of them, files of identities, and plugins.</summary>
internal sealed class AgeKeys(Host host, Passphrases passphrases)
{
    // No file of keys is larger; age has the same limit.
    private const int FileBytesMax = 16 * 1024 * 1024;

    /// <summary>Recipients as they were typed.</summary>
    public static IEnumerable<RecipientList> Recipients(IEnumerable<string> texts)
    {
        foreach (var text in texts)
        {
            if (!RecipientFile.TryParseOne(text, out var list, out var problem))
            {
                // A secret must not be repeated where logs are kept.
                var isSecret = text.StartsWith("AGE-", StringComparison.OrdinalIgnoreCase);
                throw AgeRefusal.Invalid(
                    AgeCodes.NoKey, $"{(isSecret ? "What was given" : $"'{text}'")} {problem}.",
                    File.Exists(text)
                        ? "a file of recipients is named with --recipients-file"
                        : "make a pair of keys with: orrery age keygen");
            }

            yield return list;
        }
    }

    public async Task<RecipientList> RecipientFileAsync(string path, CancellationToken cancellation)
    {
        var text = Encoding.UTF8.GetString(await ReadAsync(path, cancellation));
        return RecipientFile.TryParse(text, out var list, out var problem)
            ? list
            : throw AgeRefusal.Invalid(AgeCodes.NoKey, $"'{path}': {problem}.");
    }

    /// <summary>
    /// A file of identities; one that is encrypted with a passphrase is opened with it, now or when it is needed.
    /// </summary>
    public async Task<LazyKeyRing> IdentityFileAsync(string path, CancellationToken cancellation)
    {
        var content = await ReadAsync(path, cancellation);
        if (!Armor.IsArmored(content) && (content.Length == 0 || !IsAgeFile(content)))
            return new LazyKeyRing(_ => Task.FromResult(Parse(path, content)), IsEncrypted: false);
        return new LazyKeyRing(
            async token =>
            {
                var passphrase = await passphrases.OfAsync($"the identity file '{path}'", token);
                try
                {
                    var file = Armor.IsArmored(content) ? Armor.Decode(content) : content;
                    return Parse(path, AgeFile.Decrypt(file, [new ScryptIdentity(passphrase)]));
                }
                catch (AgeException exception) when (exception.Failure == AgeFailure.NoMatch)
                {
                    throw AgeRefusal.Failed(
                        AgeCodes.Locked, $"The passphrase does not open the identity file '{path}'.");
                }
                catch (AgeException exception)
                {
                    throw AgeRefusal.Of(exception, $"'{path}'");
                }
            },
            IsEncrypted: true);
    }

    public static PluginKey Plugin(string name) => PluginKey.OfPlugin(name)
        ?? throw AgeRefusal.Invalid(AgeCodes.NoKey, $"'{name}' cannot be the name of a plugin.");

    private static bool IsAgeFile(byte[] content) => AgeHeader.MayBegin(content);

    private static KeyRing Parse(string path, byte[] content) =>
        IdentityFile.TryParseAll(Encoding.UTF8.GetString(content), out var ring, out var problem)
            ? ring
            : throw AgeRefusal.Invalid(AgeCodes.NoKey, $"'{path}': {problem}.");

    private async Task<byte[]> ReadAsync(string path, CancellationToken cancellation)
    {
        await using var stream = path == "-" ? host.Screen.InBytes() : File.OpenRead(host.FullPath(path));
        return await AgeSource.ReadAllAsync(stream, FileBytesMax, cancellation)
            ?? throw AgeRefusal.Invalid(AgeCodes.NoKey, $"'{path}' is larger than any file of keys.");
    }
}

/// <summary>Identities that may have to be opened first.</summary>
internal sealed record LazyKeyRing(Func<CancellationToken, Task<KeyRing>> OpenAsync, bool IsEncrypted);
