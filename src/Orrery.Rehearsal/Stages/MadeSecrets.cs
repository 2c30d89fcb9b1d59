using System.Text;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Documents;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;

namespace Orrery.Rehearsal.Stages;

/// <summary>
/// Learns the secrets that a rehearsal makes itself in the moment in which they are kept for the first time, before
/// anybody can have used them: keys in their files, everything else on its way into the state.
/// </summary>
internal sealed class MadeSecrets(ThrowAwaySecrets secrets, IIdentity identity, Platform platform)
{
    private const string OrderedKind = "secret/certificates";
    private const string TokenKind = $"secret/{KeyNames.ProxmoxToken}";
    private const string OpenSsh = "-----BEGIN OPENSSH PRIVATE KEY-----";

    /// <summary>The folder of the keys, which are read as they are written.</summary>
    public IStateFiles Watching(IStateFiles files) => new WatchedFiles(this, files);

    /// <summary>The cipher of the state, which is told everything sensitive in clear.</summary>
    public IStateCipher Watching(IStateCipher cipher) => new WatchedCipher(this, cipher);

    private void Kept(string path, ReadOnlySpan<byte> file)
    {
        if (!SopsFile.IsEncrypted(file, SopsFormats.OfPath(path)))
            return;
        var plain = Encoding.UTF8.GetString(SopsFile.Decrypt(file, SopsFormat.Yaml, [identity]));
        if (YamlDocuments.Read(plain) is not [Value.Map made] || made["values"] is not Value.Map values)
            return;
        var kind = made["kind"].AsText() ?? "";
        foreach (var (name, text) in values.Fields)
        {
            // A token's name is for everybody who may list tokens.
            if ((kind, name) != (TokenKind, "id"))
            {
                Made(
                    $"{kind} {name}", kind == OrderedKind ? KeyIn(text) : text.AsText() ?? "", PlacesOf(path, kind));
            }
        }
    }

    /// <summary>A certificate is kept as the JSON of its Secret; all but its key is for everybody.</summary>
    private static string KeyIn(Value text) =>
        JsonNode.Parse(text.AsText() ?? "{}")?["data"]?["tls.key"]?.GetValue<string>() is { } key
            ? Encoding.UTF8.GetString(Convert.FromBase64String(key))
            : "";

    private void Sealed(string text)
    {
        // A private key that is in no file is a machine's first host key. What else is sensitive is made of the
        // others, or is no secret: a user's name beside its password.
        if (text.StartsWith(OpenSsh, StringComparison.Ordinal))
            Made("a host key", text, SecretPlaces.UserData);
    }

    private void Made(string name, string value, SecretPlaces places)
    {
        // Certificates, recipients and public keys are for everybody.
        if (value.Length > 0 && !value.StartsWith("-----BEGIN CERTIFICATE", StringComparison.Ordinal)
            && !value.StartsWith("age1", StringComparison.Ordinal)
            && !name.EndsWith(".pub", StringComparison.Ordinal))
            secrets.Made(name, value, places);
    }

    private SecretPlaces PlacesOf(string path, string kind) =>
        kind.StartsWith("secret/k3s-", StringComparison.Ordinal)
        || kind.StartsWith("secret/talos-", StringComparison.Ordinal)
            ? SecretPlaces.Machines
            : kind == "secret/transfer-key" ? SecretPlaces.Machines | SecretPlaces.Clusters
            : kind == TokenKind && !IsOfPods(path) ? SecretPlaces.Cloud
            : kind == TokenKind ? SecretPlaces.Cloud | SecretPlaces.Clusters : SecretPlaces.Clusters;

    /// <summary>A token with which a program in the cluster gives disks to pods; nobody else's goes there.</summary>
    private bool IsOfPods(string path) => platform.Clusters.Values
        .Select(cluster => cluster.Infrastructure).OfType<Infrastructure.Proxmox>()
        .Select(proxmox => proxmox.Csi).OfType<string>()
        .Any(user => path.Contains($"/{KeyNames.TokenOf(user)}", StringComparison.Ordinal));

    private sealed class WatchedCipher(MadeSecrets made, IStateCipher inner) : IStateCipher
    {
        public IStateSealer Seal() => new WatchedSealer(made, inner.Seal());

        public IStateOpener Open(string metadata) => inner.Open(metadata);

        public byte[] OpenBlock(ReadOnlySpan<byte> block) => inner.OpenBlock(block);
    }

    private sealed class WatchedSealer(MadeSecrets made, IStateSealer inner) : IStateSealer
    {
        public string Seal(string path, string text)
        {
            made.Sealed(text);
            return inner.Seal(path, text);
        }

        public string Finish() => inner.Finish();

        public void Dispose() => inner.Dispose();
    }

    private sealed class WatchedFiles(MadeSecrets made, IStateFiles inner) : IStateFiles
    {
        public Task<StateFile?> ReadAsync(string name, CancellationToken cancellation) =>
            inner.ReadAsync(name, cancellation);

        public Task<string?> TrySwapAsync(
            string name, string? expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellation)
        {
            made.Kept(name, content.Span);
            return inner.TrySwapAsync(name, expectedVersion, content, cancellation);
        }

        public Task AppendAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
            inner.AppendAsync(name, content, cancellation);

        public Task DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation) =>
            inner.ListAsync(prefix, cancellation);
    }
}
