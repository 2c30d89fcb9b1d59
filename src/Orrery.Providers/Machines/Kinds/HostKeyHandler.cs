using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines.Kinds;

/// <summary>
/// The host key that a machine is born with and known by at first contact. It stands in user data, so it is used for
/// one generation of one machine only, and its place is taken by a key that never leaves the machine.
/// </summary>
internal sealed class HostKeyHandler(IHostKeySource keys) : RememberedHandler
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "machine/host-key",
        Fields = ValueMap.Of(

            // What makes the machine another one makes its key another one.
            ("machine", FieldRule.Replaces)),
        StableOutputs = ["id", "private", "public"],
        Ephemeral = true,
        TypicalDuration = TimeSpan.Zero,
    };

    public override ResourceKind Kind => Definition;

    public override Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var pair = keys.Make(request.Name);
        return Task.FromResult(Remember(request.Name, request.Desired, Value.MapOf(
            ("id", request.Name),
            ("public", WithoutComment(pair.Public)),
            ("private", new Value.Sensitive(pair.Private)))));
    }

    private static string WithoutComment(string publicKey) => string.Join(' ', publicKey.Split(' ').Take(2));
}
