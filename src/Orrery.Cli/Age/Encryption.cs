using System.Security.Cryptography;
using Orrery.Cli.Composition;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;
using Orrery.Secrets.Age.Plugins;

namespace Orrery.Cli.Age;

/// <summary>What a user asked of <c>age encrypt</c>.</summary>
internal sealed record EncryptRequest
{
    public IReadOnlyList<string> Recipients { get; init; } = [];

    public IReadOnlyList<string> RecipientFiles { get; init; } = [];

    public IReadOnlyList<string> IdentityFiles { get; init; } = [];

    public IReadOnlyList<string> Plugins { get; init; } = [];

    public bool UsesPassphrase { get; init; }

    public string? PassphraseFile { get; init; }

    /// <summary>Of a passphrase: the base-two logarithm of its cost.</summary>
    public int WorkFactor { get; init; } = ScryptRecipient.WorkFactorDefault;

    public bool IsArmored { get; init; }

    public bool Force { get; init; }

    /// <summary>Null for standard input.</summary>
    public string? Input { get; init; }

    /// <summary>Null for standard output.</summary>
    public string? Output { get; init; }
}

/// <summary>Encrypts a file of any size.</summary>
internal sealed class Encryption(Host host, EncryptRequest request)
{
    private readonly Passphrases _passphrases = new(host, request.PassphraseFile);

    public async Task RunAsync(CancellationToken cancellation)
    {
        var to = await RecipientsAsync(cancellation);
        await using var input = AgeInput.Open(host, request.Input);
        AgeInput.RefuseSameFile(
            host, request.Output, [request.Input, .. request.RecipientFiles, .. request.IdentityFiles]);
        await using var target = AgeTarget.ForSealed(host, request.Output, request.Force, request.IsArmored);
        var fileKey = AgeFile.NewFileKey(host.KeyRandom);
        try
        {
            var stanzas = await WrapAsync(to, fileKey, cancellation);
            var nonce = new byte[PayloadCipher.NonceBytes];
            host.KeyRandom(nonce);
            target.Write([.. AgeHeader.Write(stanzas, fileKey), .. nonce]);
            var source = input;
            var pipe = new PayloadPipe(
                async (buffer, token) => await AgeInput.ReadFullAsync(source, buffer, token), target.Write);
            await pipe.SealAsync(fileKey, nonce, cancellation);
            await target.CompleteAsync(cancellation);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(fileKey);
        }
    }

    private async Task<RecipientList> RecipientsAsync(CancellationToken cancellation)
    {
        var keys = new AgeKeys(host, _passphrases);
        if (request.UsesPassphrase)
        {
            var passphrase = await _passphrases.NewAsync(cancellation);
            return new RecipientList([new ScryptRecipient(passphrase, request.WorkFactor)], []);
        }

        var lists = AgeKeys.Recipients(request.Recipients).ToList();
        foreach (var path in request.RecipientFiles)
            lists.Add(await keys.RecipientFileAsync(path, cancellation));
        foreach (var path in request.IdentityFiles)
        {
            var ring = await (await keys.IdentityFileAsync(path, cancellation)).OpenAsync(cancellation);
            lists.Add(new RecipientList([.. ring.Holders.Select(holder => holder.Recipient)], ring.Plugins));
        }

        lists.Add(new RecipientList([], [.. request.Plugins.Select(AgeKeys.Plugin)]));
        return new RecipientList(
            [.. lists.SelectMany(list => list.Recipients)], [.. lists.SelectMany(list => list.Plugins)]);
    }

    private async Task<List<Stanza>> WrapAsync(RecipientList to, byte[] fileKey, CancellationToken cancellation)
    {
        var stanzas = new List<Stanza>();
        var labels = new List<IReadOnlyCollection<string>>();
        try
        {
            if (to.Recipients.Count > 0)
            {
                stanzas.AddRange(AgeFile.Wrap(fileKey, to.Recipients, host.KeyRandom));
                labels.Add(to.Recipients[0].Labels);
            }

            foreach (var keys in to.Plugins.GroupBy(key => key.Plugin))
            {
                var dialogue = new PluginWrapping([.. keys], fileKey);
                await new PluginConversation(host).HoldAsync(keys.First(), dialogue, cancellation);
                stanzas.AddRange(dialogue.TakeStanzas());
                labels.Add(dialogue.Labels);
            }

            Labels.Check(labels);
            return stanzas;
        }
        catch (AgeException exception)
        {
            throw exception.Failure == AgeFailure.Plugin
                ? AgeRefusal.Failed(AgeCodes.Plugin, $"{exception.Message}.")
                : AgeRefusal.Invalid(AgeCodes.Mixed, $"{exception.Message}.");
        }
    }
}
