using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Git;
using Orrery.Tests.Engine;
using Orrery.Tests.Providers.Ssh;
using Runner = Orrery.Providers.Processes.ProcessRunner;

namespace Orrery.Tests.Providers.Git;

/// <summary>A bare repository as people host it, and a person who works with it by hand.</summary>
internal sealed class GitScene : IDisposable
{
    public static readonly GitPerson Author = new("Orrery", "orrery@example.com");
    public static readonly DateTimeOffset Time = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);
    public static readonly OperationContext Quiet =
        OperationContext.Silent(ResourceAddress.Of("prod", "git/tree", "prod"));

    private readonly List<GitRepository> _opened = [];

    private GitScene(string folder) => Folder = folder;

    public string Folder { get; }

    public string Origin => Path.Combine(Folder, "origin.git");

    public GitRemote Remote => new($"file://{Origin}", "main");

    public static async Task<GitScene> CreateAsync()
    {
        var scene = new GitScene(Directory.CreateTempSubdirectory("orrery-git-").FullName);
        await scene.GitAsync("init", "--quiet", "--bare", "--initial-branch=main", scene.Origin);
        return scene;
    }

    public GitRepository Open(IProcessRunner? runner = null, GitRemote? remote = null, string cache = "cache")
    {
        var opened = new GitRepository(
            runner ?? SshServer.Runner, remote ?? Remote, Path.Combine(Folder, cache), token: null,
            TimeProvider.System);
        _opened.Add(opened);
        return opened;
    }

    public static GitChange Change(params ReadOnlySpan<(string Path, string Content)> files) =>
        new() { Files = ValueMap.Of(files), Message = "Write the tree", Author = Author, Time = Time };

    /// <summary>Somebody else commits a file in a clone and pushes it.</summary>
    public async Task TheyPushAsync(string path, string content)
    {
        var clone = Path.Combine(Folder, $"clone-{Guid.NewGuid():N}");
        await GitAsync("clone", "--quiet", Origin, clone);
        var file = Path.Combine(clone, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, content);
        await GitAsync("-C", clone, "add", ".");
        await GitAsync(
            "-C", clone, "-c", "user.name=They", "-c", "user.email=they@example.com", "commit", "--quiet", "-m", "x");
        await GitAsync("-C", clone, "push", "--quiet", "origin", "HEAD:main");
    }

    /// <summary>What the person sees: <c>log</c> or <c>show</c> of the hosted repository.</summary>
    public Task<string> SeeAsync(params string[] arguments) => GitAsync(["-C", Origin, .. arguments]);

    public async Task<string> GitAsync(params string[] arguments)
    {
        var result = await new Runner(TimeProvider.System, Environment.GetEnvironmentVariable, FreeWriter.Instance)
            .RunAsync(new ProcessRequest { Program = "git", Arguments = arguments.ToValueList() }, default);
        result.ExitCode.ShouldBe(0, result.Error);
        return Encoding.UTF8.GetString(result.Output.Span).Trim();
    }

    public void Dispose()
    {
        foreach (var opened in _opened)
            opened.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}
