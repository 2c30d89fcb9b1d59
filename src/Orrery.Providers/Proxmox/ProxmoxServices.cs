using Orrery.Engine.Ports;
using Orrery.Providers.Http;

namespace Orrery.Providers.Proxmox;

/// <summary>Where a Proxmox VE cluster is and who asks it.</summary>
/// <param name="Endpoint">For example <c>https://pve.home.arpa:8006</c>, without a path.</param>
/// <param name="Token">
/// <c>user@realm!name=secret</c>; null where the declaration's reference leads nowhere.
/// </param>
/// <param name="TokenSource">Where the token is looked for, for messages: <c>env: PROXMOX_API_TOKEN</c>.</param>
public sealed record ProxmoxConnection(Uri Endpoint, string? Token, string TokenSource)
{
    /// <summary>Gives the token where it may be absent or change; null for <see cref="Token"/>.</summary>
    public ITokenSource? Tokens { get; init; }

    /// <summary>Never the token.</summary>
    public override string ToString() => $"{Endpoint} ({TokenSource})";
}

/// <summary>What every kind needs: the client, who waits for tasks, the lanes of the storages, the machines.</summary>
internal sealed record ProxmoxServices
{
    private const string Scheme = "PVEAPIToken=";

    public required ProxmoxClient Client { get; init; }

    public required TaskWaiter Tasks { get; init; }

    public required StorageLanes Lanes { get; init; }

    public required Machines Machines { get; init; }

    public required SerialConsole Console { get; init; }

    public required TimeProvider Time { get; init; }

    /// <summary>Sends nothing yet.</summary>
    public static ProxmoxServices Create(ProviderEnvironment environment, ProxmoxConnection connection)
    {
        // Others may quote the secret alone, or all of the header.
        var secret = connection.Token is { } token && token.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
            ? token[(at + 1)..]
            : "";
        var vendor = new HttpVendor
        {
            Provider = "proxmox",
            DisplayName = "Proxmox VE",
            BaseAddress = new Uri(connection.Endpoint, "/api2/json/"),
            Token = connection.Token is { Length: > 0 } given ? $"{Scheme}{given}" : null,
            TokenHeader = "Authorization",
            Tokens = connection.Tokens,
            TokenSource = connection.TokenSource,
            Classify = reply => ProxmoxErrors.Classify(reply with
            {
                Redact = text => secret.Length == 0
                    ? text
                    : reply.Redact(text).Replace(secret, "(sensitive)", StringComparison.Ordinal),
            }),
        };
        var chain = HttpClients.Assemble(environment, vendor);
        var client = new ProxmoxClient(HttpClients.Over(chain, vendor.BaseAddress));
        var tasks = new TaskWaiter(client, environment.Time);
        var machines = new Machines(client, tasks);
        return new ProxmoxServices
        {
            Client = client,
            Tasks = tasks,
            Lanes = new StorageLanes(environment.Time, environment.Random),
            Machines = machines,
            Console = new SerialConsole(client, machines, chain, connection.Endpoint, environment.Time),
            Time = environment.Time,
        };
    }
}
