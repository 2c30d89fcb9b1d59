using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Vault.Kinds;

/// <summary>An engine KV, version 2, at its path. Never disabled by us: all that it holds would be gone.</summary>
internal sealed class VaultEngineHandler(IVaults vaults) : VaultHandler(vaults)
{
    private const string Description = "documents of this cluster, kept in its repository";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "vault/engine",
        Fields = FieldsOf(("type", FieldRule.Replaces)),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromMinutes(2),
    };

    public override ResourceKind Kind => Definition;

    protected override async Task<Value.Map?> FindAsync(
        VaultClient client, string name, CancellationToken cancellation) =>
        await new VaultSystem(client).FindEngineAsync(name, cancellation) is { } engine
            ? Value.MapOf(("type", $"{engine.Type}-v{engine.Version}"))
            : null;

    protected override async Task WriteAsync(
        VaultClient client, string name, Wanted wanted, OperationContext operation, CancellationToken cancellation)
    {
        try
        {
            await new VaultSystem(client).EnableKeyValueAsync(name, Description, operation, cancellation);
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.Conflict)
        {
            // It is there, by an earlier attempt or on a volume that was kept.
        }
    }

    protected override Task RemoveAsync(
        VaultClient client, string name, OperationContext operation, CancellationToken cancellation) =>
        Task.CompletedTask;
}
