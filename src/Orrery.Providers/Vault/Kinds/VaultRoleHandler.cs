using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Vault.Kinds;

/// <summary>Which service account gets which policies.</summary>
/// <param name="login">Where the login of service accounts is enabled.</param>
internal sealed class VaultRoleHandler(IVaults vaults, string login) : VaultHandler(vaults)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "vault/role",
        Fields = FieldsOf(
            ("accounts", new FieldRule(FieldChange.Updates, Unordered: true)),
            ("namespaces", new FieldRule(FieldChange.Updates, Unordered: true)),
            ("audience", FieldRule.Updates),
            ("policies", new FieldRule(FieldChange.Updates, Unordered: true)),
            ("tokenSeconds", FieldRule.Updates)),
        HasGenerations = false,
    };

    public override ResourceKind Kind => Definition;

    protected override async Task<Value.Map?> FindAsync(
        VaultClient client, string name, CancellationToken cancellation) =>
        await new VaultSystem(client).FindRoleAsync(login, name, cancellation) is { } role
            ? Value.MapOf(
                ("accounts", Texts(role.ServiceAccounts)),
                ("namespaces", Texts(role.Namespaces)),
                ("audience", role.Audience),
                ("policies", Texts(role.Policies)),
                ("tokenSeconds", new Value.Number((decimal)role.TokenLasts.TotalSeconds)))
            : null;

    protected override Task WriteAsync(
        VaultClient client, string name, Wanted wanted, OperationContext operation, CancellationToken cancellation)
    {
        var desired = wanted.Desired;
        var role = new KubernetesRole
        {
            ServiceAccounts = TextsOf(desired["accounts"]),
            Namespaces = TextsOf(desired["namespaces"]),
            Audience = desired["audience"].AsText() ?? "",
            Policies = TextsOf(desired["policies"]),
            TokenLasts = TimeSpan.FromSeconds((double)(desired["tokenSeconds"].AsNumber() ?? 0)),
        };
        return new VaultSystem(client).WriteRoleAsync(login, name, role, operation, cancellation);
    }

    protected override Task RemoveAsync(
        VaultClient client, string name, OperationContext operation, CancellationToken cancellation) =>
        new VaultSystem(client).DeleteRoleAsync(login, name, operation, cancellation);

    private static Value Texts(ValueList<string> texts) => Value.ListOf(texts.Select(text => (Value)text));

    private static ValueList<string> TextsOf(Value list) =>
        list.AsList().Select(text => text.AsText() ?? "").ToValueList();
}
