using Orrery.Cli.Composition;
using Orrery.Tests.Programs;
using Orrery.Tests.Secrets.Guard;

namespace Orrery.Tests.Cli.Guard;

/// <summary>The hook that <c>orrery guard --install</c> writes, with the real git.</summary>
public sealed class GitHookTests : IDisposable
{
    private const string Hook = ".git/hooks/pre-commit";

    private readonly GuardScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [ProgramFact("git")]
    public async Task A_commit_with_a_leak_is_refused_and_one_without_is_made()
    {
        await _scene.GitAsync("init", "--quiet");
        (await _scene.RunAsync("--install")).ShouldBe(0);
        _scene.Output.ShouldBe($"{Hook}: written\n");
        UnixMode.Of(_scene.PathOf(Hook)).ShouldBe("0755");
        InstallProgram();
        _scene.Write("a.env", "X=1\n");
        await _scene.GitAsync("add", ".");
        await _scene.GitAsync("commit", "--quiet", "--message", "clean");
        _scene.Write("a.env", $"X=ghp_{new Chance(1).Of(36)}\n");
        // The index that such a commit makes is a temporary one, and only the hook's environment names it.
        var refused = await Assert.ThrowsAsync<ShouldAssertException>(
            () => _scene.GitAsync("commit", "--all", "--message", "leak"));
        refused.Message.ShouldContain("GUARD002");
        (await _scene.GitAsync("log", "--format=%s")).ShouldBe("clean\n");
    }

    [ProgramFact("git")]
    public async Task Installing_again_changes_nothing()
    {
        await _scene.GitAsync("init", "--quiet");
        await _scene.RunAsync("--install");
        var before = await File.ReadAllTextAsync(_scene.PathOf(Hook));
        (await _scene.RunAsync("--install")).ShouldBe(0);
        _scene.Output.ShouldBe($"{Hook}: is there already\n");
        (await File.ReadAllTextAsync(_scene.PathOf(Hook))).ShouldBe(before);
        // One of ours from another time is brought up to date.
        await File.WriteAllTextAsync(_scene.PathOf(Hook), before + "# old\n");
        (await _scene.RunAsync("--install")).ShouldBe(0);
        (await File.ReadAllTextAsync(_scene.PathOf(Hook))).ShouldBe(before);
    }

    [ProgramFact("git")]
    public async Task A_foreign_hook_stays_and_entries_for_its_tools_are_printed()
    {
        await _scene.GitAsync("init", "--quiet");
        _scene.Write(Hook, "#!/bin/sh\nexec lefthook run pre-commit\n");
        (await _scene.RunAsync("--install")).ShouldBe(1);
        _scene.Error.ShouldContain("GUARD011");
        _scene.Output.ShouldContain("lefthook.yml:");
        _scene.Output.ShouldContain("run: orrery guard --staged");
        _scene.Output.ShouldContain(".pre-commit-config.yaml:");
        _scene.Output.ShouldContain("pass_filenames: false");
        (await File.ReadAllTextAsync(_scene.PathOf(Hook))).ShouldBe("#!/bin/sh\nexec lefthook run pre-commit\n");
    }

    [ProgramFact("git")]
    public async Task Hooks_stand_where_git_looks_for_them()
    {
        await _scene.GitAsync("init", "--quiet");
        await _scene.GitAsync("config", "core.hooksPath", "own/hooks");
        (await _scene.RunAsync("--install")).ShouldBe(0);
        File.Exists(_scene.PathOf("own/hooks/pre-commit")).ShouldBeTrue();
        File.Exists(_scene.PathOf(Hook)).ShouldBeFalse();
    }

    [ProgramFact("git")]
    public async Task A_hook_may_name_the_files_that_it_is_about()
    {
        await _scene.GitAsync("init", "--quiet");
        _scene.Write("a/leak.env", $"X=ghp_{new Chance(1).Of(36)}\n");
        _scene.Write("b/clean.env", "X=1\n");
        await _scene.GitAsync("add", ".");
        _scene.Variables["GIT_DIR"] = ".git";
        (await _scene.RunAsync("--staged", "b/clean.env")).ShouldBe(0, _scene.Error);
        (await _scene.RunAsync("--staged", "b/clean.env", "a/leak.env")).ShouldBe(1);
    }

    /// <summary>Puts this build of the program where the hook finds it.</summary>
    private void InstallProgram()
    {
        Directory.CreateDirectory(_scene.Programs);
        var program = Path.Combine(_scene.Programs, "orrery");
        File.WriteAllText(program, $"#!/bin/sh\nexec dotnet \"{typeof(Host).Assembly.Location}\" \"$@\"\n");
        UnixMode.Set(program, "0755");
    }
}
