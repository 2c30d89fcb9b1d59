using System.Globalization;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Git;

/// <summary>
/// Calls <c>git</c> on one bare folder: without hooks, without configuration of the user or the system, without ever
/// asking. A token is held in memory by git's own credential cache, which gets it on standard input and is told to
/// forget it after each use: so it stands in no argument, URL, environment or file.
/// </summary>
internal sealed class GitProgram(
    IProcessRunner runner, GitRemote remote, string folder, string? token, TimeProvider time)
{
    /// <summary>How often a remote is looked at in all before a failure that may pass is told.</summary>
    private const int LooksMax = 5;

    /// <summary>Ends the cache by itself where we die before we can.</summary>
    private const int CacheSeconds = 180;

    // What GitHub's tokens are given with; other hosts look at the password only.
    private const string TokenUser = "x-access-token";

    private static readonly TimeSpan NetworkTimeout = TimeSpan.FromMinutes(2);

    private string Socket => $"{folder}/credentials/socket";

    private bool UsesToken => token is not null && remote.Url.StartsWith("http", StringComparison.Ordinal);

    /// <summary>What must succeed, on the folder alone.</summary>
    public async Task<string> LocalAsync(
        ValueList<string> arguments, ReadOnlyMemory<byte> input, CancellationToken cancellation)
    {
        var result = await runner.RunAsync(Request(arguments) with { Input = input }, cancellation);
        if (result.ExitCode == 0 && !result.IsCut)
            return Encoding.UTF8.GetString(result.Output.Span);
        throw GitErrors.Classify(remote.Url, $"git {arguments[0]}", result.Error);
    }

    /// <summary>What only looks at the remote: repeated, as requests to clouds are, while a failure may pass.</summary>
    public async Task<ProcessResult> LookAsync(ValueList<string> arguments, CancellationToken cancellation)
    {
        for (var look = 1; ; look++)
        {
            var result = await RemoteAsync(arguments, null, cancellation);
            if (result.ExitCode == 0 || look == LooksMax || !Failed("looking", result).IsTransient)
                return result;
            await Task.Delay(TimeSpan.FromSeconds(1 << (look - 1)), time, cancellation);
        }
    }

    /// <summary>What talks to the remote.</summary>
    public async Task<ProcessResult> RemoteAsync(
        ValueList<string> arguments, OperationContext? operation, CancellationToken cancellation)
    {
        var request = Request(arguments) with
        {
            Timeout = NetworkTimeout,
            Changes = operation is not null,
            Address = operation?.Address,
            Inherited = ["SSH_AUTH_SOCK"],
        };
        if (!UsesToken)
            return await runner.RunAsync(request, cancellation);
        try
        {
            await RememberAsync(cancellation);
            return await runner.RunAsync(request, cancellation);
        }
        finally
        {
            // Not the caller's token: what was remembered is forgotten also when the call was cancelled.
            await runner.RunAsync(
                Request(["credential-cache", "--socket", Socket, "exit"]), CancellationToken.None);
        }
    }

    public ProviderException Failed(string what, ProcessResult result) =>
        GitErrors.Classify(remote.Url, what, Redact(result.Error));

    private string Redact(string text) =>
        string.IsNullOrEmpty(token) ? text : text.Replace(token, "(sensitive)", StringComparison.Ordinal);

    private async Task RememberAsync(CancellationToken cancellation)
    {
        var url = new Uri(remote.Url);
        var credential = $"protocol={url.Scheme}\nhost={url.Authority}\nusername={TokenUser}\npassword={token}\n";
        var timeout = CacheSeconds.ToString(CultureInfo.InvariantCulture);
        await LocalAsync(
            ["credential-cache", "--socket", Socket, "--timeout", timeout, "store"],
            Encoding.UTF8.GetBytes(credential), cancellation);
    }

    private ProcessRequest Request(ValueList<string> arguments) => new()
    {
        Program = "git",
        Arguments = arguments,
        Environment = ValueMap.Of(
            ("GIT_DIR", folder),
            ("GIT_CONFIG_NOSYSTEM", "1"),
            ("GIT_CONFIG_GLOBAL", "/dev/null"),
            ("GIT_TERMINAL_PROMPT", "0"),
            ("GIT_ALLOW_PROTOCOL", "file:http:https:ssh"),
            ("GIT_SSH_COMMAND", remote.SshCommand),
            ("LC_ALL", "C"),
            ("GIT_CONFIG_COUNT", "4"),
            ("GIT_CONFIG_KEY_0", "core.hooksPath"),
            ("GIT_CONFIG_VALUE_0", "/dev/null"),
            ("GIT_CONFIG_KEY_1", "gc.auto"),
            ("GIT_CONFIG_VALUE_1", "0"),
            ("GIT_CONFIG_KEY_2", "credential.helper"),
            ("GIT_CONFIG_VALUE_2", UsesToken ? $"cache --socket {ShellQuoted(Socket)}" : ""),
            ("GIT_CONFIG_KEY_3", "credential.useHttpPath"),
            ("GIT_CONFIG_VALUE_3", "false")),
        OutputBytesMax = 64 * 1024 * 1024,
    };

    // git hands a helper's arguments to a shell.
    private static string ShellQuoted(string word) => Ssh.SshScript.Quote(word);
}
