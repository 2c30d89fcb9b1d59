using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Secrets.Age;

namespace Orrery.Rehearsal.Stages;

/// <summary>
/// Learns the secrets that a rehearsal makes itself in the moment in which they are kept for the first time, before
/// anybody can have used them: keys in their files, everything else on its way into the state.
/// </summary>
internal sealed class MadeSecrets(ThrowAwaySecrets secrets, IIdentity identity)
{
    private const string OpenSsh = "-----BEGIN OPENSSH PRIVATE KEY-----";

    /// <summary>The folder of the keys, which are read as they are written.</summary>
    public IStateFiles Watching(IStateFiles files) => new WatchedFiles(this, files);

    /// <summary>The cipher of the state, which is told everything sensitive in clear.</summary>
    public IStateCipher Watching(IStateCipher cipher) => new WatchedCipher(this, cipher);

    private void Kept(ReadOnlySpan<byte> file)
    {
        if (!Armor.IsArmored(file))
            return;
        using var json = JsonDocument.Parse(AgeFile.Decrypt(Armor.Decode(file), [identity]));
        var kind = json.RootElement.GetProperty("kind").GetString() ?? "";
        foreach (var text in json.RootElement.GetProperty("files").EnumerateObject())
            Made($"{kind} {text.Name}", text.Value.GetString() ?? "", PlacesOf(kind));
    }

    private void Sealed(ReadOnlySpan<byte> plain)
    {
        var reader = new Utf8JsonReader(plain);
        while (reader.Read())
        {
            // A private key that is in no file is a machine's first host key. What else is sensitive is made of the
            // others, or is no secret: a user's name beside its password.
            if (reader.TokenType == JsonTokenType.String
                && reader.GetString() is { } text && text.StartsWith(OpenSsh, StringComparison.Ordinal))
                Made("a host key", text, SecretPlaces.UserData);
        }
    }

    private void Made(string name, string value, SecretPlaces places)
    {
        // Certificates and public keys are for everybody.
        if (value.Length > 0 && !value.StartsWith("-----BEGIN CERTIFICATE", StringComparison.Ordinal)
            && !name.EndsWith(".pub", StringComparison.Ordinal))
            secrets.Made(name, value, places);
    }

    private static SecretPlaces PlacesOf(string kind) =>
        kind.StartsWith("secret/k3s-", StringComparison.Ordinal) ? SecretPlaces.Machines : SecretPlaces.Clusters;

    private sealed class WatchedCipher(MadeSecrets made, IStateCipher inner) : IStateCipher
    {
        public byte[] Seal(ReadOnlySpan<byte> plain)
        {
            made.Sealed(plain);
            return inner.Seal(plain);
        }

        public byte[] Open(ReadOnlySpan<byte> sealedBytes) => inner.Open(sealedBytes);
    }

    private sealed class WatchedFiles(MadeSecrets made, IStateFiles inner) : IStateFiles
    {
        public Task<StateFile?> ReadAsync(string name, CancellationToken cancellation) =>
            inner.ReadAsync(name, cancellation);

        public Task<string?> TrySwapAsync(
            string name, string? expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellation)
        {
            made.Kept(content.Span);
            return inner.TrySwapAsync(name, expectedVersion, content, cancellation);
        }

        public Task AppendAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
            inner.AppendAsync(name, content, cancellation);

        public Task DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation) =>
            inner.ListAsync(prefix, cancellation);
    }
}
