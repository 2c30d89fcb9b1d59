using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines.Kinds;

/// <summary>
/// The host key that a machine is born with and known by at first contact. It stands in user data, so it is used for
/// one generation of one machine only, and its place is taken by a key that never leaves the machine.
/// </summary>
internal sealed class HostKeyHandler(IHostKeySource keys, KnownHosts knownHosts) : RememberedHandler
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
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        Task.FromResult(Remember(request.Name, request.Desired, Make(request.Name)));

    /// <summary>
    /// A machine with a key of its own is not known by this one any more. Where the state that had it is lost, another
    /// one takes its place, for the machine that comes next.
    /// </summary>
    public override async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        await knownHosts.HasAsync(request.Address.Name, cancellation)
            ? Remember(Found(request, request.Name, request.Desired, Make(request.Name)))
            : null;

    private Value.Map Make(string name)
    {
        var pair = keys.Make(name);
        return Value.MapOf(
            ("id", name),
            ("public", WithoutComment(pair.Public)),
            ("private", new Value.Sensitive(pair.Private)));
    }

    private static string WithoutComment(string publicKey) => string.Join(' ', publicKey.Split(' ').Take(2));
}
