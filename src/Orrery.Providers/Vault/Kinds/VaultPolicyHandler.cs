using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Vault.Kinds;

/// <summary>What whoever has the policy may do.</summary>
internal sealed class VaultPolicyHandler(IVaults vaults) : VaultHandler(vaults)
{
    private const string Text = "text";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "vault/policy",
        Fields = FieldsOf((Text, FieldRule.Updates)),
        HasGenerations = false,
    };

    public override ResourceKind Kind => Definition;

    protected override async Task<Value.Map?> FindAsync(
        VaultClient client, string name, CancellationToken cancellation) =>
        await new VaultSystem(client).FindPolicyAsync(name, cancellation) is { } text
            ? Value.MapOf((Text, text))
            : null;

    protected override Task WriteAsync(
        VaultClient client, string name, Wanted wanted, OperationContext operation, CancellationToken cancellation) =>
        new VaultSystem(client).WritePolicyAsync(
            name, wanted.Desired[Text].AsText() ?? "", operation, cancellation);

    protected override Task RemoveAsync(
        VaultClient client, string name, OperationContext operation, CancellationToken cancellation) =>
        new VaultSystem(client).DeletePolicyAsync(name, operation, cancellation);
}
