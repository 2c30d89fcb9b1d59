using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines.Kinds;

/// <summary>
/// A machine that is known by a host key of its own and has everything that K3s needs but its secrets. Nobody hands
/// anything to a machine that is not.
/// </summary>
internal sealed class PreparedHandler(IMachineShell shell, TimeProvider time) : RememberedHandler
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "machine/prepared",
        Fields = ValueMap.Of(
            ("server", FieldRule.Replaces),
            ("address", FieldRule.Replaces),
            ("user", FieldRule.Replaces),
            ("oneTimeHostKey", FieldRule.Replaces),
            ("k3s", FieldRule.CreateOnly),
            ("k9s", FieldRule.CreateOnly)),
        StableOutputs = ["id", "server", "address", "user", "hostKeys"],
        TypicalDuration = TimeSpan.FromSeconds(75),
    };

    public override ResourceKind Kind => Definition;

    /// <summary>
    /// Waits as long as its deadline allows; what it waits for is told with the machine's own last words. Repeated
    /// after a crash, it finds the machine as it left it, because both keys open it until K3s is about to start.
    /// </summary>
    public override async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var desired = request.Desired;
        var server = desired["server"].AsText() ?? "";
        var commands = new MachineCommands(shell, time, operation);
        var born = HostOf(desired, [desired["oneTimeHostKey"].AsText() ?? "", .. KnownKeys(server)]);
        await commands.AskUntilAsync(born, PreparedTasks.Reach, cancellation);
        var key = PublicKeyIn(await commands.RunAsync(born, PreparedTasks.PinHostKey, cancellation));

        // Only what was seen to work is recorded.
        var pinned = HostOf(desired, [key]);
        await commands.AskUntilAsync(pinned, PreparedTasks.Reach, cancellation);
        string[] releases = [Releases.K3s(desired["k3s"].AsText() ?? ""), Releases.K9s(desired["k9s"].AsText() ?? "")];
        await PrepareAsync(commands, pinned, releases, cancellation);
        return Remember(server, desired, Value.MapOf(
            ("id", server),
            ("server", server),
            ("address", pinned.Address),
            ("user", pinned.User),
            ("hostKeys", Value.ListOf([key]))));
    }

    /// <summary>A failed preparation is repeated once before anybody hears of it: it is downloads mostly.</summary>
    private static async Task PrepareAsync(
        MachineCommands commands, SshHost host, string[] releases, CancellationToken cancellation)
    {
        try
        {
            await commands.AskUntilAsync(host, PreparedTasks.AwaitPrepared, cancellation);
        }
        catch (ProviderException refusal) when (refusal.CloudCode == PreparedTasks.AwaitPrepared.Name)
        {
            try
            {
                await commands.RunAsync(host, PreparedTasks.PrepareAgain, cancellation, releases);
            }
            catch (ProviderException again) when (again.CloudCode == PreparedTasks.PrepareAgain.Name)
            {
                // The next question has the whole diagnosis.
            }

            await commands.AskUntilAsync(host, PreparedTasks.AwaitPrepared, cancellation);
        }
    }

    /// <summary>Of a machine that was prepared before: its one-time key may be gone.</summary>
    private IEnumerable<string> KnownKeys(string server) => Find(server) is { } known
        ? known.Outputs["hostKeys"].AsList().Select(key => key.AsText() ?? "")
        : [];

    private static SshHost HostOf(Value.Map desired, IEnumerable<string> keys) => new(
        desired["address"].AsText() ?? "", 22, desired["user"].AsText() ?? "root", keys.ToValueList());

    /// <summary>The machine's answer is data from outside: one key, of the kind that it was told to make.</summary>
    private static string PublicKeyIn(string output)
    {
        var words = output.Split(' ', '\n');
        return words is ["ssh-ed25519", { Length: > 40 and < 200 } key, ..] && key.All(IsBase64)
            ? $"ssh-ed25519 {key}"
            : throw new ProviderException(
                ProviderErrorCode.ActionFailed, "the machine answered with something that is no public host key");
    }

    private static bool IsBase64(char character) =>
        char.IsAsciiLetterOrDigit(character) || character is '+' or '/' or '=';
}
