using System.Text;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Machines;

/// <summary>
/// The public host keys of a cluster's machines, in the declaration's repository: <c>secrets/prod/known_hosts</c>, as
/// OpenSSH reads it (sshd(8), SSH_KNOWN_HOSTS FILE FORMAT). Who has lost the state recognises the machines by it. One
/// line for each node; lines of people stay as they are.
/// </summary>
/// <param name="files">The declaration's folder.</param>
/// <param name="guard">Asked before each write.</param>
/// <param name="path">Within it.</param>
public sealed class KnownHosts(IStateFiles files, IWriterGuard guard, string path)
{
    /// <summary>Machines of one cluster become known at the same time, each with a write of its own.</summary>
    private const int AttemptsMax = 200;

    private const string ServerMark = "server=";

    // A file is swapped within milliseconds, and a busy folder is waited for two seconds.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Where it is for a cluster.</summary>
    public static string PathOf(string cluster) => $"secrets/{cluster}/known_hosts";

    /// <summary>The key of the machine that a node has, or null where this machine is not known.</summary>
    /// <param name="node">For example <c>cosmos-0</c>.</param>
    /// <param name="server">The cloud's id of the machine: a new one with the same address is another machine.</param>
    internal async Task<string?> FindAsync(string node, string server, CancellationToken cancellation) =>
        Lines(await ReadAsync(cancellation)).Select(KnownHost.Parse)
            .FirstOrDefault(host => host?.Node == node && host.Server == server)?.Key;

    /// <summary>Whether the node has a machine with a key of its own.</summary>
    internal async Task<bool> HasAsync(string node, CancellationToken cancellation) =>
        Lines(await ReadAsync(cancellation)).Any(line => KnownHost.Parse(line)?.Node == node);

    /// <summary>Writes a machine in the place of the one that the node had before.</summary>
    internal Task PutAsync(KnownHost host, CancellationToken cancellation) =>
        ChangeAsync(known => known?.Node == host.Node, $"{host}", cancellation);

    /// <summary>Takes a machine that is gone out, unless the node has another one by now.</summary>
    internal Task RemoveAsync(string server, CancellationToken cancellation) =>
        ChangeAsync(known => known?.Server == server, null, cancellation);

    private async Task ChangeAsync(Func<KnownHost?, bool> leaves, string? line, CancellationToken cancellation)
    {
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var there = await ReadAsync(cancellation);
            string[] before = [.. Lines(there)];
            string[] after =
            [
                .. before.Where(text => !leaves(KnownHost.Parse(text)))
                    .Concat(line is null ? [] : [line]).Order(StringComparer.Ordinal),
            ];
            if (after.Order(StringComparer.Ordinal).SequenceEqual(before.Order(StringComparer.Ordinal)))
                return;
            await guard.EnsureAsync(WriteTimeout, cancellation);
            if (await WriteAsync(there?.Version, after, cancellation))
                return;
        }

        throw new ProviderException(ProviderErrorCode.Locked, $"{path} is changed by others all the time");
    }

    private async Task<bool> WriteAsync(string? version, string[] lines, CancellationToken cancellation)
    {
        var content = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => $"{line}\n")));
        try
        {
            return await files.TrySwapAsync(path, version, content, cancellation) is not null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"{path} cannot be written: {problem.Message}", problem);
        }
    }

    private async Task<StateFile?> ReadAsync(CancellationToken cancellation)
    {
        try
        {
            return await files.ReadAsync(path, cancellation);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"{path} cannot be read: {problem.Message}", problem);
        }
    }

    private static IEnumerable<string> Lines(StateFile? file) => file is null
        ? []
        : Encoding.UTF8.GetString(file.Content.Span)
            .Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>One line: names, type, key, and the cloud's id where OpenSSH has a comment.</summary>
    /// <param name="Node">For example <c>cosmos-0</c>.</param>
    /// <param name="Address">Where it answers.</param>
    /// <param name="Key">For example <c>ssh-ed25519 AAAA…</c>.</param>
    /// <param name="Server">The cloud's id.</param>
    internal sealed record KnownHost(string Node, string Address, string Key, string Server)
    {
        /// <summary>Null for what is none of ours.</summary>
        public static KnownHost? Parse(string line) =>
            line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var names, var type, var key, var server]
            && names.Split(',') is [var node, var address] && server.StartsWith(ServerMark, StringComparison.Ordinal)
                ? new KnownHost(node, address, $"{type} {key}", server[ServerMark.Length..])
                : null;

        public override string ToString() => $"{Node},{Address} {Key} {ServerMark}{Server}";
    }
}
