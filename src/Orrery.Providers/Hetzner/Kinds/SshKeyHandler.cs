using System.Security.Cryptography;
using System.Text.Json.Serialization.Metadata;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner.Wire;

namespace Orrery.Providers.Hetzner.Kinds;

/// <summary>
/// An SSH key that Hetzner puts on new servers. People share it: Hetzner refuses a second one with the same
/// fingerprint, so one that is there is used, whatever it is called.
/// </summary>
internal sealed class SshKeyHandler(HetznerServices services)
    : LabelledHandler<SshKeySchema, SshKeyReply, SshKeyPage>(services)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "hetzner/ssh-key",
        Fields = ValueMap.Of(("publicKey", FieldRule.Replaces)),
        StableOutputs = ["id", "fingerprint"],
    };

    public override ResourceKind Kind => Definition;

    protected override string Path => "ssh_keys";

    protected override JsonTypeInfo<SshKeyReply> ReplyType => HetznerJson.Default.SshKeyReply;

    protected override JsonTypeInfo<SshKeyPage> PageType => HetznerJson.Default.SshKeyPage;

    public override async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation)
    {
        var fingerprint = Fingerprint(PublicKeyOf(request.Desired));
        var found = await ListAsync($"fingerprint={Uri.EscapeDataString(fingerprint)}", cancellation);
        return found.FirstOrDefault(key => key.Fingerprint == fingerprint) is { } key
            ? Observe(key)
            : await base.FindExistingAsync(request, cancellation);
    }

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var labels = OwnerLabels.Of(request.Owner, request.Address);
        var body = new SshKeyCreate(request.Name, PublicKeyOf(request.Desired), labels);
        return MakeAsync(Body.Of(body, HetznerJson.Default.SshKeyCreate), operation, cancellation);
    }

    /// <summary>Type and key without the comment, which says nothing about the key: <c>ssh-ed25519 AAAA…</c>.</summary>
    public static string WithoutComment(string publicKey) =>
        string.Join(' ', publicKey.ReplaceLineEndings(" ").Split(' ', StringSplitOptions.RemoveEmptyEntries).Take(2));

    /// <summary>As Hetzner shows it: the MD5 of the key's bytes in pairs, <c>b7:2f:30:a0:…</c>.</summary>
    public static string Fingerprint(string publicKey)
    {
        var parts = publicKey.Split(' ');
        Span<byte> key = new byte[publicKey.Length];
        if (parts.Length < 2 || !Convert.TryFromBase64String(parts[1], key, out var length))
            throw new ProviderException(
                ProviderErrorCode.Invalid, "the SSH public key is not of the form 'TYPE BASE64'");

#pragma warning disable CA5351 // Hetzner names keys by their MD5; nothing relies on its strength.
        var hash = MD5.HashData(key[..length]);
#pragma warning restore CA5351
        return string.Join(':', hash.Select(value => value.ToString("x2")));
    }

    protected override Observed Observe(SshKeySchema key) => Observed(
        key,
        Value.MapOf(("publicKey", WithoutComment(key.PublicKey))),
        Value.MapOf(("fingerprint", key.Fingerprint)));

    private static string PublicKeyOf(Value.Map desired) => desired["publicKey"].AsText()
        ?? throw new ProviderException(ProviderErrorCode.Invalid, "the SSH public key is not set");
}
