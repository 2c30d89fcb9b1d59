using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Simulation.Git;

/// <summary>How the simulated program is used.</summary>
public sealed record SimulatedGitOptions
{
    /// <summary>Public keys that the machine's agent and files offer for SSH URLs.</summary>
    public ValueList<string> SshKeys { get; init; } = [];

    /// <summary>What only touches the local folder. Assumed: a process start.</summary>
    public TimeSpan Local { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>A look at the remote. Assumed: a TLS handshake and two requests to github.com.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(450);

    /// <summary>A fetch. Assumed: a look and a small pack.</summary>
    public TimeSpan Fetch { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>A push. Assumed: a fetch, and the host's checks.</summary>
    public TimeSpan Push { get; init; } = TimeSpan.FromMilliseconds(1300);
}

/// <summary>How one call of the program went.</summary>
/// <param name="Took">How long it runs.</param>
/// <param name="IsNetwork">It talked, or tried to talk, to a remote.</param>
/// <param name="Changed">It changed something at a remote.</param>
public sealed record GitRun(ProcessResult Result, TimeSpan Took, bool IsNetwork, bool Changed);

/// <summary>
/// Stands in the place of the program <c>git</c>: the commands that a client without a work tree needs, on folders that
/// exist only here, against <see cref="GitRemotes"/>. Everything else it does not know, and says so.
/// </summary>
public sealed class SimulatedGit(GitRemotes remotes, SimulatedGitOptions options)
{
    private readonly Dictionary<string, BareRepository> _folders = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _credentials = new(StringComparer.Ordinal);

    /// <summary>The bare folders that exist.</summary>
    public IReadOnlyCollection<string> Folders => _folders.Keys;

    /// <summary>True while a token is remembered by some credential cache.</summary>
    public bool HoldsCredential => _credentials.Count > 0;

    /// <summary>Deletes a folder, as a user who clears caches.</summary>
    public void Forget(string folder) => _folders.Remove(folder);

    /// <summary>The connection breaks before the remote hears of the command, or before it can answer.</summary>
    public GitRun Break(ProcessRequest request, bool isAfter)
    {
        const string lost = "fatal: unable to access the remote: Could not resolve host\n";
        const string hungUp = "error: RPC failed; curl 56 Recv failure: Connection reset by peer\n"
            + "fatal: the remote end hung up unexpectedly\n";
        var run = isAfter ? Run(request) : new GitRun(default!, options.Look, IsNetwork: true, Changed: false);
        return run with { Result = new ProcessResult(128, default, isAfter ? hungUp : lost) };
    }

    /// <summary>It talks to a remote.</summary>
    public static bool IsNetwork(ProcessRequest request) =>
        new GitCall(request).Command is "ls-remote" or "fetch" or "push";

    /// <summary>Runs one command to its end.</summary>
    public GitRun Run(ProcessRequest request)
    {
        var call = new GitCall(request);
        var took = call.Command switch
        {
            "ls-remote" => options.Look,
            "fetch" => options.Fetch,
            "push" => options.Push,
            _ => options.Local,
        };
        var isNetwork = took != options.Local;
        try
        {
            var output = Do(call);
            return new GitRun(
                Cut(new ProcessResult(0, output, ""), request.OutputBytesMax), took, isNetwork, call.Command == "push");
        }
        catch (GitRefusal refusal)
        {
            return new GitRun(new ProcessResult(refusal.ExitCode, default, refusal.Message), took, isNetwork, false);
        }
    }

    private ReadOnlyMemory<byte> Do(GitCall call) => call.Command switch
    {
        "init" => Init(call),
        "ls-remote" => Text(LsRemote(call)),
        "fetch" => Fetch(call),
        "push" => Push(call),
        "rev-parse" => Text(RevParse(call)),
        "ls-tree" => Text(LsTree(call)),
        "cat-file" => CatFile(call),
        "fast-import" => FastImport(call),
        "credential-cache" => CredentialCache(call),
        _ => throw new GitRefusal(1, $"git: '{call.Command}' is not a git command. See 'git --help'.\n"),
    };

    private ReadOnlyMemory<byte> Init(GitCall call)
    {
        call.Allow("--quiet", "--bare", "--template=");
        if (!call.Has("--bare"))
            throw GitRefusal.Fatal("this operation must be run in a bare folder");
        var folder = call.Words is [var given] ? given : call.Folder;
        _folders.TryAdd(folder, new BareRepository());
        return default;
    }

    private string LsRemote(GitCall call)
    {
        call.Allow("--quiet");
        var repository = remotes.Read(call.Word(0), CredentialOf(call));
        var patterns = call.Words.Skip(1).ToList();
        return string.Concat(repository.References
            .Where(each => patterns.Count == 0 || patterns.Exists(pattern => Fits(each.Key, pattern)))
            .Select(each => $"{each.Value}\t{each.Key}\n"));
    }

    private static bool Fits(string reference, string pattern) =>
        reference == pattern || reference.EndsWith("/" + pattern, StringComparison.Ordinal);

    private ReadOnlyMemory<byte> Fetch(GitCall call)
    {
        call.Allow("--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head");
        var local = Local(call);
        var remote = remotes.Read(call.Word(0), CredentialOf(call));
        var parts = call.Word(1).TrimStart('+').Split(':');
        var head = remote.Reference(parts[0])
            ?? throw GitRefusal.Fatal($"couldn't find remote ref {parts[0]}");
        local.CopyFrom(remote, head, call.Has("--depth=1") ? 1 : int.MaxValue);
        if (parts is [_, var target])
            local.SetReference(target, head);
        return default;
    }

    private ReadOnlyMemory<byte> Push(GitCall call)
    {
        call.Allow("--quiet", "--no-verify", "--force-with-lease=*");
        var local = Local(call);
        var parts = call.Word(1).Split(':');
        if (parts is not [var source, var reference] || !reference.StartsWith("refs/heads/", StringComparison.Ordinal))
            throw GitRefusal.Fatal($"invalid refspec '{call.Word(1)}'");
        var commit = local.Resolve(source)
            ?? throw new GitRefusal(1, $"error: src refspec {source} does not match any\n");
        var lease = call.ValueOf("--force-with-lease=") is { } given
            && given.Split(':', 2) is [var leased, var expected] && leased == reference
                ? expected
                : null;
        remotes.Push(call.Word(0), CredentialOf(call), new GitPush(local, source, commit, reference, lease));
        return default;
    }

    private string RevParse(GitCall call)
    {
        call.Allow("--verify");
        var local = Local(call);
        return string.Concat(call.Words.Select(word => Parse(local, word, call.Has("--verify")) + "\n"));
    }

    private static string Parse(BareRepository local, string word, bool isVerified)
    {
        const string treeOf = "^{tree}";
        var isTree = word.EndsWith(treeOf, StringComparison.Ordinal);
        var commit = local.Resolve(isTree ? word[..^treeOf.Length] : word);
        if (commit is null)
        {
            throw GitRefusal.Fatal(isVerified
                ? "Needed a single revision"
                : $"ambiguous argument '{word}': unknown revision or path not in the working tree.");
        }

        return isTree ? local.CommitOf(commit).Tree : commit;
    }

    private string LsTree(GitCall call)
    {
        call.Allow("-r", "-z", "--full-tree");
        if (!call.Has("-r") || !call.Has("-z"))
            throw new GitRefusal(1, "git: 'ls-tree' without -r -z is not simulated\n");
        var local = Local(call);
        var commit = local.Resolve(call.Word(0))
            ?? throw GitRefusal.Fatal($"Not a valid object name {call.Word(0)}");
        var paths = call.Words.Skip(1).ToList();
        return string.Concat(local.Listing(commit)
            .Where(file => paths.Count == 0 || paths.Exists(path => BareRepository.IsAtOrBelow(file.Key, path)))
            .Select(file => $"{file.Value.Mode} blob {file.Value.Id}\t{file.Key}\0"));
    }

    private ReadOnlyMemory<byte> CatFile(GitCall call)
    {
        var found = Local(call).Find(call.Word(1));
        return call.Word(0) == "blob" && found is { Kind: GitObjectKind.Blob }
            ? found.Content
            : throw GitRefusal.Fatal($"git cat-file {call.Word(1)}: bad file");
    }

    private ReadOnlyMemory<byte> FastImport(GitCall call)
    {
        call.Allow("--quiet", "--force", "--done", "--date-format=raw");
        new FastImport(Local(call), call.Input).Run(call.Has("--done"));
        return default;
    }

    private ReadOnlyMemory<byte> CredentialCache(GitCall call)
    {
        call.AllowWithValue("--socket", "--timeout");
        var socket = call.ValueOf("--socket") ?? throw GitRefusal.Fatal("unable to find a suitable socket path");
        if (call.Word(0) == "exit")
        {
            _credentials.Remove(socket);
            return default;
        }

        if (call.Word(0) != "store")
            throw new GitRefusal(1, $"git: 'credential-cache {call.Word(0)}' is not a git command\n");
        var fields = Encoding.UTF8.GetString(call.Input.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line.Split('=', 2)).ToDictionary(pair => pair[0], pair => pair[^1], StringComparer.Ordinal);
        if (fields.TryGetValue("password", out var password))
            _credentials[socket] = password;
        return default;
    }

    // The helper's name and socket are configuration of the call; what it remembers is the token.
    private GitCredential CredentialOf(GitCall call) => new()
    {
        PublicKeys = options.SshKeys,
        Token = call.Configuration("credential.helper") is { Length: > 0 } helper
            ? _credentials.FirstOrDefault(each => helper.Contains(each.Key, StringComparison.Ordinal)).Value
            : null,
    };

    private BareRepository Local(GitCall call) => _folders.TryGetValue(call.Folder, out var found)
        ? found
        : throw GitRefusal.Fatal($"not a git repository: '{call.Folder}'");

    private static ProcessResult Cut(ProcessResult result, int bytesMax) => result.Output.Length <= bytesMax
        ? result
        : result with { Output = result.Output[..bytesMax], IsCut = true };

    private static ReadOnlyMemory<byte> Text(string text) => Encoding.UTF8.GetBytes(text);
}
