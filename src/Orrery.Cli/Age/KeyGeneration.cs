using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;

namespace Orrery.Cli.Age;

/// <summary>What a user asked of <c>age keygen</c>.</summary>
internal sealed record KeygenRequest
{
    public bool IsPostQuantum { get; init; }

    public bool UsesPassphrase { get; init; }

    public string? PassphraseFile { get; init; }

    /// <summary>Of a passphrase: the base-two logarithm of its cost.</summary>
    public int WorkFactor { get; init; } = ScryptRecipient.WorkFactorDefault;

    /// <summary>Null for standard output.</summary>
    public string? Output { get; init; }

    /// <summary>The file of identities whose recipients are wanted instead of a new one.</summary>
    public string? IdentityFile { get; init; }

    public bool IsJson { get; init; }
}

/// <summary>Makes an identity, or shows the recipients of those that there are.</summary>
internal sealed class KeyGeneration(Host host, KeygenRequest request)
{
    private readonly Passphrases _passphrases = new(host, request.PassphraseFile);

    public async Task RunAsync(CancellationToken cancellation)
    {
        if (request.IdentityFile is not null
            && (request.IsPostQuantum || request.UsesPassphrase || request.Output is not null))
        {
            throw AgeRefusal.Invalid(
                CliCodes.Usage, "--recipients-of makes nothing.", "leave out what says how to make an identity");
        }

        if (request.IdentityFile is { } path)
            await ShowRecipientsAsync(path, cancellation);
        else
            await MakeAsync(cancellation);
    }

    private async Task ShowRecipientsAsync(string path, CancellationToken cancellation)
    {
        var file = await new AgeKeys(host, _passphrases).IdentityFileAsync(path, cancellation);
        var ring = await file.OpenAsync(cancellation);
        if (ring.Plugins.Count > 0)
        {
            throw AgeRefusal.Invalid(
                AgeCodes.NoKey,
                $"'{path}': only the plugin {ring.Plugins[0].Program} knows the recipient of its identity.");
        }

        var recipients = ring.Holders.Select(holder => $"{holder.Recipient}").ToList();
        if (request.IsJson)
        {
            host.Screen.WriteJson(json =>
            {
                json.WriteStartArray("recipients");
                foreach (var recipient in recipients)
                    json.WriteStringValue(recipient);
                json.WriteEndArray();
            });
        }
        else
        {
            host.Screen.Print(string.Concat(recipients.Select(recipient => $"{recipient}\n")));
        }
    }

    private async Task MakeAsync(CancellationToken cancellation)
    {
        await using var file = request.Output is { } path and not "-"
            ? OutputFile.Create(host, path, force: false, isSecret: true)
            : null;
        var identity = request.IsPostQuantum
            ? AgeIdentity.GeneratePostQuantum(host.KeyRandom)
            : AgeIdentity.Generate(host.KeyRandom);
        var text = $"# created: {host.Time.GetUtcNow():yyyy-MM-ddTHH:mm:ssZ}\n# public key: {identity.Recipient}\n"
            + $"{identity.Export()}\n";
        if (request.UsesPassphrase)
        {
            var passphrase = await _passphrases.NewAsync(cancellation);
            text = Armor.Encode(AgeFile.Encrypt(
                Encoding.UTF8.GetBytes(text), [new ScryptRecipient(passphrase, request.WorkFactor)], host.KeyRandom));
        }

        if (file is not null)
        {
            file.Write(Encoding.UTF8.GetBytes(text));
            await file.CompleteAsync();
        }

        Report($"{identity.Recipient}", text);
    }

    private void Report(string recipient, string text)
    {
        var isInFile = request.Output is not null and not "-";
        if (request.IsJson)
        {
            host.Screen.WriteJson(json =>
            {
                json.WriteString("recipient", recipient);
                if (isInFile)
                    json.WriteString("file", request.Output);
                else
                    json.WriteString("identity", text);
            });
            return;
        }

        if (!isInFile)
            host.Screen.Print(text);
        // On a terminal the file's own comment shows it.
        if (isInFile || !host.Screen.OutIsTerminal)
            host.Screen.Tell($"Public key: {recipient}\n");
    }
}
