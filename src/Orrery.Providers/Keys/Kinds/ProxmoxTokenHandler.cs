using System.Globalization;
using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// A token of an API user of Proxmox VE, which a node makes up. The newest generation is used; the one before is
/// revoked once there is a newer one, and its file stays and says so.
/// </summary>
internal sealed class ProxmoxTokenHandler(KeyFolder folder, ITokenIssuer issuer) : KeptKeyHandler(folder)
{
    private const string Id = "id";
    private const string Secret = "secret";
    private const string Active = "active";

    public static ResourceKind Definition { get; } = new()
    {
        Type = $"secret/{KeyNames.ProxmoxToken}",
        Fields = FieldsOf(
            FieldRule.Replaces,
            ("user", FieldRule.CreateOnly),
            ("role", FieldRule.CreateOnly),
            ("generation", FieldRule.CreateOnly),

            // False for one that a newer one has replaced.
            (Active, FieldRule.Updates),

            // What must be there before this one is revoked.
            ("after", FieldRule.CreateOnly)),
        StableOutputs = ["id", "user"],

        // A lost file is no loss: the next token takes its place under the same name.
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromSeconds(8),
    };

    public override ResourceKind Kind => Definition;

    /// <summary>What the provider sends: <c>user@realm!name=secret</c>; null for one that is revoked.</summary>
    public static string? CredentialOf(ValueMap<string> texts) =>
        texts.TryGetValue(Secret, out var secret) ? $"{texts[Id]}={secret}" : null;

    public override async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var path = PathOf(request.Desired);
        if (!request.Desired[Active].AsBool()
            && await Folder.ReadAsync(path, Kind.Type, cancellation) is { } file
            && file.Content.Texts.ContainsKey(Secret))
        {
            // Revoked before it is forgotten: whoever dies in between does it again.
            await issuer.RevokeAsync(file.Content.Texts[Id], operation, cancellation);
            await Folder.ReplaceAsync(path, file, ValueMap.Of((Id, file.Content.Texts[Id])), cancellation);
        }

        return await base.UpdateAsync(request, operation, cancellation);
    }

    protected override async Task<ValueMap<string>> NewAsync(
        CreateRequest request, string path, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        var owner = request.Owner.PlatformId;
        var number = desired["generation"].AsNumber() is > 1 and var generation
            ? string.Create(CultureInfo.InvariantCulture, $".{generation}")
            : "";
        var issued = await issuer.IssueAsync(
            new TokenRequest(
                desired["user"].AsText() ?? "", desired["role"].AsText() ?? "",
                $"{owner}.{request.Address.Cluster}{number}", owner),
            operation, cancellation);
        return ValueMap.Of((Id, issued.Id), (Secret, issued.Secret));
    }

    protected override Value.Map PropertiesOf(ValueMap<string> texts) =>
        Value.MapOf((Active, texts.ContainsKey(Secret)));

    /// <summary>The secret is for who uses it in a cluster; we read the file, where the newest is.</summary>
    protected override Value.Map OutputsOf(ValueMap<string> texts) => Value.MapOf(
    [
        ("user", texts[Id].Split('!')[0]),
        ("token", texts[Id]),
        .. texts.TryGetValue(Secret, out var secret)
            ? ((string, Value)[])[(Secret, new Value.Sensitive(secret))]
            : [],
    ]);
}
