using System.Buffers;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Ssh;

/// <summary>
/// How <c>ssh</c> is called: nothing of the user's configuration, no file written for host keys and none read but for a
/// machine of the user's own, no question ever asked. All options: https://man.openbsd.org/ssh_config.
/// </summary>
internal static class SshArguments
{
    /// <summary>What the machine is called in the list of host keys, so that address and port do not matter.</summary>
    private const string Alias = "orrery";

    private static readonly string[] Fixed =
    [
        "-F", "none",
        "-o", "LogLevel=ERROR",
        "-o", "PreferredAuthentications=publickey",

        // A machine that does not answer in ten seconds is not there; one that falls silent is given up after fifteen.
        "-o", "ConnectTimeout=10",
        "-o", "ServerAliveInterval=5",
        "-o", "ServerAliveCountMax=3",

        "-o", "StrictHostKeyChecking=yes",
        "-o", "CheckHostIP=no",
        "-o", "VerifyHostKeyDNS=no",
        "-o", "UpdateHostKeys=no",

        "-o", "ControlMaster=no",
        "-o", "ControlPath=none",
        "-o", "ForwardAgent=no",
        "-o", "ForwardX11=no",
        "-o", "PermitLocalCommand=no",
        "-o", "AddKeysToAgent=no",
    ];

    /// <summary>Nobody sits there: nothing is asked, and no byte means anything but itself.</summary>
    private static readonly string[] Unattended = ["-T", "-o", "BatchMode=yes", "-o", "EscapeChar=none"];

    private const string Letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

    private static readonly SearchValues<char> AddressCharacters = SearchValues.Create($"{Letters}.:_-%");
    private static readonly SearchValues<char> UserCharacters = SearchValues.Create($"{Letters}._-");
    private static readonly SearchValues<char> TypeCharacters = SearchValues.Create($"{Letters}@.-");
    private static readonly SearchValues<char> DataCharacters = SearchValues.Create($"{Letters}+/=");

    /// <param name="onlyAgent">Only the keys of the agent are offered, none of the user's files.</param>
    public static ValueList<string> ForCommand(SshHost host, string command, bool onlyAgent) =>
        [.. Unattended, .. Common(host, onlyAgent), "--", host.Address, command];

    /// <summary>For people: ssh may ask for the passphrase of their key, and knows its escapes.</summary>
    /// <param name="command">Null for a shell.</param>
    /// <param name="hasTerminal">The command gets a terminal there; a shell has one where we have.</param>
    public static ValueList<string> ForPeople(SshHost host, string? command, bool hasTerminal, bool onlyAgent) =>
    [
        .. command is null ? Array.Empty<string>() : [hasTerminal ? "-t" : "-T"],
        .. Common(host, onlyAgent), "--", host.Address,
        .. command is null ? Array.Empty<string>() : [command],
    ];

    /// <summary>Standard input and output become a connection from the machine to somewhere.</summary>
    public static ValueList<string> ForForward(SshHost host, string target, int port, bool onlyAgent)
    {
        if (!IsAddress(target))
            throw new ProviderException(ProviderErrorCode.Invalid, $"'{target}' is no address to forward to");
        var shown = target.Contains(':', StringComparison.Ordinal) ? $"[{target}]" : target;
        return [.. Unattended, .. Common(host, onlyAgent), "-W", $"{shown}:{port}", "--", host.Address];
    }

    private static IEnumerable<string> Common(SshHost host, bool onlyAgent)
    {
        if (!IsAddress(host.Address) || !IsUser(host.User))
            throw new ProviderException(ProviderErrorCode.Invalid, $"'{host.User}@{host.Address}' names no machine");
        return
        [
            .. Fixed,
            .. host.IsKnownToUser ? Array.Empty<string>() :
            [
                "-o", "UserKnownHostsFile=none",
                "-o", "GlobalKnownHostsFile=none",
                "-o", $"HostKeyAlias={Alias}",
                "-o", $"KnownHostsCommand={KnownHosts(host)}",
            ],
            .. onlyAgent ? ["-o", "IdentityFile=none"] : Array.Empty<string>(),
            "-l", host.User,
            "-p", $"{host.Port}",
        ];
    }

    // ssh asks this command for host keys, so that no file with them has to exist. Public keys may stand in arguments;
    // only the shell has the same path on every system.
    private static string KnownHosts(SshHost host)
    {
        if (host.HostKeys.Count == 0)
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"no host key of {host.Address} is known, so it cannot be recognised");
        // Without the comment, which says nothing about the key.
        var keys = host.HostKeys.Select(key => string.Join(' ', key.Split(' ').Take(2)));
        var lines = keys.Select(key => IsHostKey(key)
            ? $"echo '{Alias} {key}'"
            : throw new ProviderException(
                ProviderErrorCode.Invalid, $"a host key of {host.Address} is not of the form 'TYPE BASE64'"));
        return $"/bin/sh -c \"{string.Join("; ", lines)}\"";
    }

    // A scope may follow an IPv6 address after a per cent sign.
    private static bool IsAddress(string text) => IsWord(text, AddressCharacters) && text[0] is not ('-' or '.' or '%');

    private static bool IsUser(string text) => IsWord(text, UserCharacters) && text[0] is not ('-' or '.');

    private static bool IsHostKey(string key) =>
        key.Split(' ') is [var type, var data] && IsWord(type, TypeCharacters) && IsWord(data, DataCharacters);

    private static bool IsWord(string text, SearchValues<char> characters) =>
        text.Length > 0 && !text.AsSpan().ContainsAnyExcept(characters);
}
