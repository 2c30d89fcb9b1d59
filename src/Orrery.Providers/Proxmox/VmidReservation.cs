using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox;

/// <summary>
/// Numbers for machines. Proxmox VE reserves none: <c>nextid</c> only says what is free now, and whoever creates first
/// has it. So the number follows from the address, which makes a repeated request meet itself, and a number that is
/// lost to somebody is followed by the next one.
/// </summary>
internal sealed class VmidReservation(ProxmoxClient client, Machines machines, TimeProvider time)
{
    /// <summary>Out of the way of the numbers that people and the web interface take, from 100 on.</summary>
    private const uint First = 100_000;
    private const uint Count = 800_000;
    private const int CandidatesMax = 20;

    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Makes a machine under the first number that is free, or finds the one that an earlier request of ours made.
    /// </summary>
    /// <param name="wanted">The number that was declared; null where any will do.</param>
    /// <param name="make">Asks for it, and waits until it is there.</param>
    public async Task<PlacedMachine> TakeAsync(
        CreateRequest request, string? wanted, Func<string, Task> make, OperationContext operation,
        CancellationToken cancellation)
    {
        for (var turn = 0; turn < CandidatesMax; turn++)
        {
            var vmid = wanted ?? CandidateOf(request, turn);
            var made = await TryAsync(vmid, make, operation, cancellation);
            var there = await SettledAsync(vmid, operation, cancellation);
            if (there?.Config.Owner?.Owner == request.Owner)
                return there;
            if (made)
            {
                throw new ProviderException(
                    ProviderErrorCode.ActionFailed, $"Proxmox VE made VM {vmid}, and it is not there or not ours");
            }

            if (wanted is not null && there is not null)
            {
                throw new ProviderException(
                    ProviderErrorCode.Foreign,
                    $"the VMID {vmid} is declared for '{request.Name}' and belongs to '{there.Guest.Name}'")
                {
                    ForeignId = vmid,
                };
            }
        }

        throw new ProviderException(
            ProviderErrorCode.Conflict, $"{CandidatesMax} VMIDs in a row were taken; the last one by somebody else");
    }

    /// <summary>The number for an address and a generation, and those after it.</summary>
    public static string CandidateOf(CreateRequest request, int turn)
    {
        var text = $"{request.Owner.PlatformId} {request.Owner.AddressHash} {request.Owner.Generation}";
        var hash = BitConverter.ToUInt32(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return (First + ((hash + (uint)turn) % Count)).ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>False where the number is, or has just been, taken.</summary>
    private async Task<bool> TryAsync(
        string vmid, Func<string, Task> make, OperationContext operation, CancellationToken cancellation)
    {
        try
        {
            await client.GetAsync(
                $"cluster/nextid?vmid={vmid}", ProxmoxJson.Default.EnvelopeString, operation, cancellation);
            await make(vmid);
            return true;
        }
        catch (ProviderException refusal) when (refusal.Code == ProviderErrorCode.Conflict)
        {
            return false;
        }
    }

    /// <summary>What is under the number; while it is being made nobody can tell whose it is.</summary>
    private async Task<PlacedMachine?> SettledAsync(
        string vmid, OperationContext operation, CancellationToken cancellation)
    {
        while (true)
        {
            var there = await machines.FindAsync(vmid, operation, cancellation);
            if (there is null || !there.Config.IsBeingMade)
                return there;
            operation.Waiting(new WaitState($"VM {vmid} is made", $"locked ({there.Config.Lock})"));
            await Task.Delay(LookAgain, time, cancellation);
        }
    }
}
