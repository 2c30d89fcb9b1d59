using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Talos.Api;

namespace Orrery.Providers.Talos.Kinds;

/// <summary>Clients of nodes by what a resource says of them, and the patience that their reboots take.</summary>
internal sealed class TalosNodes(ProviderEnvironment environment, IConnector connector)
{
    public const string Address = "address";
    public const string Authority = "authority";
    public const string ClientCertificate = "clientCertificate";
    public const string ClientKey = "clientKey";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    public ProviderEnvironment Environment => environment;

    public IConnector Connector => connector;

    public TimeProvider Time => environment.Time;

    /// <summary>A client for a node with its configuration; a refusal is told at once.</summary>
    public TalosClient Configured(string address, Value.Map fields, OperationContext operation) => Open(
        TalosAccess.Configured(
            address,
            fields[Authority].AsText() ?? "",
            new TalosIdentity(fields[ClientCertificate].AsText() ?? "", fields[ClientKey].AsText() ?? "")),
        operation);

    public TalosClient Configured(Value.Map fields, OperationContext operation) =>
        Configured(fields[Address].AsText() ?? "", fields, operation);

    public TalosClient Maintenance(string address, string fingerprint, OperationContext operation) =>
        Open(TalosAccess.Maintenance(address, fingerprint), operation);

    /// <summary>
    /// Asks until there is an answer, as long as the token allows; what was seen last is told. A refusal that will not
    /// pass ends it.
    /// </summary>
    /// <param name="ask">Gives null, and what it saw, while it is too early.</param>
    public async Task<T> UntilAsync<T>(
        string condition, Func<Task<(T? Answer, string Seen)>> ask, OperationContext operation,
        CancellationToken cancellation)
        where T : class
    {
        while (true)
        {
            try
            {
                var (answer, seen) = await ask();
                if (answer is not null)
                    return answer;
                operation.Waiting(new WaitState(condition, seen));
            }
            catch (ProviderException refusal) when (refusal.IsTransient)
            {
                operation.Waiting(new WaitState(condition, refusal.Message));
            }

            await Task.Delay(Interval, Time, cancellation);
        }
    }

    /// <summary>
    /// The answer of a server that may be about to restart: asked again while it is not there, as long as the token
    /// allows.
    /// </summary>
    public async Task<T> ReadAsync<T>(
        Func<Task<T>> ask, OperationContext operation, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await ask();
            }
            catch (ProviderException refusal) when (refusal.IsTransient)
            {
                operation.Waiting(new WaitState("an answer", refusal.Message));
            }

            await Task.Delay(Interval, Time, cancellation);
        }
    }

    /// <summary>
    /// The same as <see cref="UntilAsync"/> with a limit of its own; then what was seen last is the reason.
    /// </summary>
    public async Task<T> WithinAsync<T>(
        Patience patience, Func<Task<(T? Answer, string Seen)>> ask, OperationContext operation,
        CancellationToken cancellation)
        where T : class
    {
        using var limit = new CancellationTokenSource(patience.Limit, Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        var last = "nothing";
        var watched = operation with
        {
            Waiting = state =>
            {
                last = state.LastSeen;
                operation.Waiting(state);
            },
        };
        try
        {
            return await UntilAsync(patience.Condition, ask, watched, either.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new ProviderException(
                ProviderErrorCode.ActionFailed,
                $"not seen within {patience.Limit.TotalMinutes:0} min that {patience.Condition}: {last}; "
                + patience.Consequence);
        }
    }

    /// <summary>Asks once: null where the node is not reached or does not know us.</summary>
    public static async Task<T?> TryAsync<T>(Func<Task<T>> ask)
        where T : class
    {
        try
        {
            return await ask();
        }
        catch (ProviderException refusal) when (refusal.Code != ProviderErrorCode.NotWriter)
        {
            return null;
        }
    }

    /// <summary>What others need of a node to talk to it.</summary>
    public static Value.Map AccessOf(string id, Value.Map fields) => Value.MapOf(
        ("id", id),
        (Address, fields[Address]),
        (Authority, fields[Authority]),
        (ClientCertificate, fields[ClientCertificate]),
        (ClientKey, Hidden(fields[ClientKey])));

    private TalosClient Open(TalosAccess access, OperationContext operation) =>
        TalosClient.Create(environment, connector, access, operation, asksOnce: true);

    private static Value Hidden(Value value) => value is Value.Sensitive ? value : new Value.Sensitive(value);
}

/// <summary>How long something is waited for.</summary>
/// <param name="Condition">What, for people.</param>
/// <param name="Consequence">What it means that it was not seen, for people.</param>
internal sealed record Patience(TimeSpan Limit, string Condition, string Consequence);
