using System.Security.Cryptography;
using Orrery.Cli.Composition;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;
using Orrery.Secrets.Age.Plugins;

namespace Orrery.Cli.Age;

/// <summary>What a user asked of <c>age decrypt</c>.</summary>
internal sealed record DecryptRequest
{
    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    public IReadOnlyList<string> Plugins { get; init; } = [];

    public string? PassphraseFile { get; init; }

    public bool Force { get; init; }

    /// <summary>Null for standard input.</summary>
    public string? Input { get; init; }

    /// <summary>Null for standard output.</summary>
    public string? Output { get; init; }
}

/// <summary>Decrypts a file of any size; what reaches standard output is authentic as far as it goes.</summary>
internal sealed class Decryption(Host host, DecryptRequest request)
{
    private readonly Passphrases _passphrases = new(host, request.PassphraseFile);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var rings = await IdentitiesAsync(cancellation);
        await using var source = new AgeSource(AgeInput.Open(host, request.Input));
        AgeInput.RefuseSameFile(host, request.Output, [request.Input, .. request.IdentityFiles]);
        await using var target = AgeTarget.ForContent(host, request.Output, request.Force);
        try
        {
            var header = await source.ReadHeaderAsync(cancellation);
            var fileKey = await UnlockAsync(header, rings, cancellation);
            var nonce = new byte[PayloadCipher.NonceBytes];
            if (await source.ReadFullAsync(nonce, cancellation) < nonce.Length)
                throw PayloadCipher.Damaged("it ends within its nonce");
            var pipe = new PayloadPipe(source.ReadFullAsync, target.Write);
            await pipe.OpenAsync(fileKey, nonce, cancellation);
            CryptographicOperations.ZeroMemory(fileKey);
            await target.CompleteAsync(cancellation);
        }
        catch (AgeException exception)
        {
            throw AgeRefusal.Of(exception, AgeInput.NameOf(request.Input));
        }
    }

    private async Task<List<LazyKeyRing>> IdentitiesAsync(CancellationToken cancellation)
    {
        var keys = new AgeKeys(host, _passphrases);
        var rings = new List<LazyKeyRing>();
        foreach (var path in request.IdentityFiles)
            rings.Add(await keys.IdentityFileAsync(path, cancellation));
        if (request.Plugins.Count > 0)
        {
            var ring = new KeyRing([], [.. request.Plugins.Select(AgeKeys.Plugin)]);
            rings.Add(new LazyKeyRing(_ => Task.FromResult(ring), IsEncrypted: false));
        }

        return rings;
    }

    private async Task<byte[]> UnlockAsync(AgeHeader header, List<LazyKeyRing> rings, CancellationToken cancellation)
    {
        if (header.NeedsPassphrase)
            return await UnlockWithPassphraseAsync(header, rings.Count > 0, cancellation);
        if (rings.Count == 0)
        {
            throw AgeRefusal.Invalid(
                AgeCodes.Locked, $"{AgeInput.NameOf(request.Input)} is encrypted to recipients, not with a passphrase.",
                "name the file of an identity with --identity");
        }

        // Plugins may want a key touched, encrypted files a passphrase: first what asks nobody.
        foreach (var ring in rings.OrderBy(ring => ring.IsEncrypted))
        {
            if (await TryAsync(header, await ring.OpenAsync(cancellation), cancellation) is { } fileKey)
                return fileKey;
        }

        throw AgeRefusal.Failed(
            AgeCodes.Locked,
            $"{AgeInput.NameOf(request.Input)}: none of the identities is a recipient of this age file.");
    }

    private async Task<byte[]> UnlockWithPassphraseAsync(
        AgeHeader header, bool hasIdentities, CancellationToken cancellation)
    {
        if (hasIdentities)
        {
            throw AgeRefusal.Invalid(
                AgeCodes.Locked,
                $"{AgeInput.NameOf(request.Input)} is encrypted with a passphrase, which no identity opens.",
                "leave out --identity and --plugin");
        }

        var passphrase = await _passphrases.OfAsync(AgeInput.NameOf(request.Input), cancellation);
        try
        {
            return header.Unlock([new ScryptIdentity(passphrase)]);
        }
        catch (AgeException exception) when (exception.Failure == AgeFailure.NoMatch)
        {
            throw AgeRefusal.Failed(
                AgeCodes.Locked, $"The passphrase does not open {AgeInput.NameOf(request.Input)}.");
        }
    }

    private async Task<byte[]?> TryAsync(AgeHeader header, KeyRing ring, CancellationToken cancellation)
    {
        var fileKeys = ring.Holders.Select(holder => holder.Unwrap(header.Stanzas));
        if (fileKeys.FirstOrDefault(key => key is not null) is { } own)
        {
            header.Authenticate(own);
            return own;
        }

        foreach (var keys in ring.Plugins.GroupBy(key => key.Plugin))
        {
            var dialogue = new PluginUnwrapping([.. keys], header.Stanzas);
            await new PluginConversation(host).HoldAsync(keys.First(), dialogue, cancellation);
            if (dialogue.FileKey is { } theirs)
            {
                header.Authenticate(theirs);
                return theirs;
            }
        }

        return null;
    }
}
