using System.Globalization;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Processes;
using Orrery.Simulation.Time;
using Orrery.Tests.Engine;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Providers.Processes;

/// <summary>Real programs of the system, most of them the plain shell.</summary>
public sealed class ProcessRunnerTests : IDisposable
{
    private const string Secret = "hunter2-not-for-children";

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-processes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_child_sees_what_programs_need_and_nothing_of_our_secrets()
    {
        var runner = Runner(("HCLOUD_TOKEN", Secret), ("SSH_AUTH_SOCK", "/agent"), ("HOME", "/somewhere"));

        var seen = Text(await runner.RunAsync(
            new ProcessRequest { Program = "env", Environment = ValueMap.Of(("GIT_DIR", "here")) }, default));

        var names = seen.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('=')[0]);
        names.Order(StringComparer.Ordinal).ShouldBe(["GIT_DIR", "HOME", "PATH"]);
        seen.ShouldContain("HOME=/somewhere");
    }

    [Fact]
    public async Task A_variable_is_passed_on_where_the_request_asks_for_it()
    {
        var runner = Runner(("SSH_AUTH_SOCK", "/agent"));

        var seen = Text(await runner.RunAsync(
            new ProcessRequest { Program = "env", Inherited = ["SSH_AUTH_SOCK", "NOT_SET"] }, default));

        seen.ShouldContain("SSH_AUTH_SOCK=/agent\n");
        seen.ShouldNotContain("NOT_SET");
    }

    [Fact]
    public async Task Any_bytes_go_in_and_come_out()
    {
        var bytes = new byte[700_000];
        new Random(1).NextBytes(bytes);

        var result = await Runner().RunAsync(new ProcessRequest { Program = "cat", Input = bytes }, default);

        result.ExitCode.ShouldBe(0);
        result.IsCut.ShouldBeFalse();
        result.Output.Span.SequenceEqual(bytes).ShouldBeTrue();
    }

    [Fact]
    public async Task A_child_that_says_too_much_ends_well_and_its_output_is_cut()
    {
        var request = Shell("yes beginning | head -c 3000000; yes noise | head -c 3000000 >&2; echo end >&2; exit 7");

        var result = await Runner().RunAsync(request with { OutputBytesMax = 1000 }, default);

        result.ExitCode.ShouldBe(7);
        result.IsCut.ShouldBeTrue();
        Text(result).Length.ShouldBe(1000);
        Text(result).ShouldStartWith("beginning\n");
        result.Error.Length.ShouldBe(1000);
        result.Error.ShouldEndWith("\nend\n");
    }

    [Fact]
    public async Task A_child_that_does_not_read_its_input_is_no_error()
    {
        var result = await Runner().RunAsync(Shell("exit 3") with { Input = new byte[1_000_000] }, default);
        result.ExitCode.ShouldBe(3);
    }

    [Fact]
    public async Task A_child_that_hangs_is_ended_with_all_that_it_started()
    {
        var request = Shell("sleep 600 & echo $! >child; echo $$ >self; wait") with { Timeout = Seconds(20) };

        var refused = await Runner().RunAsync(request, default).ShouldThrowAsync<ProviderException>();

        refused.Code.ShouldBe(ProviderErrorCode.Timeout);
        refused.Message.ShouldBe("sh did not end within 20 s and was ended");
        await GoneAsync("self", "child");
    }

    [Fact]
    public async Task A_cancelled_child_is_ended_with_all_that_it_started()
    {
        using var cancellation = new CancellationTokenSource();
        var running = Runner().RunAsync(
            Shell("sleep 600 & echo $! >child; echo $$ >self; echo >ready; wait"), cancellation.Token);
        await ThereAsync("ready");

        await cancellation.CancelAsync();

        await running.ShouldThrowAsync<OperationCanceledException>();
        await GoneAsync("self", "child");
    }

    [Fact]
    public async Task What_a_child_leaves_behind_does_not_hold_us_up()
    {
        var result = await Runner().RunAsync(Shell("sleep 30 & echo $! >child; echo said"), default);

        Text(result).ShouldBe("said\n");
        IsRunning("child").ShouldBeTrue();
        await Runner().RunAsync(Shell("kill $(cat child)"), default);
    }

    [Theory]
    [InlineData(
        "ssh", null, null,
        "the program 'ssh' cannot be started: it is in no folder of PATH. Install it (Debian and Ubuntu: apt-get"
        + " install openssh-client), or name it in ORRERY_SSH.")]
    [InlineData(
        "git", "ORRERY_GIT", "/no/such/git",
        "the program '/no/such/git' cannot be started: there is no such file. Install it (Debian and Ubuntu: apt-get"
        + " install git), or name it in ORRERY_GIT.")]
    [InlineData(
        "git", "ORRERY_GIT", "tools/git",
        "the program 'tools/git' cannot be started: only a name or a full path is understood. Install it (Debian and"
        + " Ubuntu: apt-get install git), or name it in ORRERY_GIT.")]
    [InlineData(
        "kubelogin", null, null, "the program 'kubelogin' cannot be started: it is in no folder of PATH. Install it.")]
    public async Task A_missing_program_is_told_with_what_to_do(
        string program, string? variable, string? value, string expected)
    {
        var runner = Runner(("PATH", _folder), (variable ?? "NONE", value ?? ""));

        var refused = await runner.RunAsync(new ProcessRequest { Program = program }, default)
            .ShouldThrowAsync<ProviderException>();

        refused.Code.ShouldBe(ProviderErrorCode.Invalid);
        refused.Message.ShouldBe(expected);
    }

    [Fact]
    public async Task Another_program_may_be_named()
    {
        var result = await Runner(("ORRERY_SSH", "/bin/echo")).RunAsync(
            new ProcessRequest { Program = "ssh", Arguments = ["two words", "$HOME", "*"] }, default);

        Text(result).ShouldBe("two words $HOME *\n");
    }

    [Fact]
    public async Task A_program_in_the_current_folder_is_not_taken_for_one_of_the_system()
    {
        var fake = Path.Combine(_folder, "git");
        await File.WriteAllTextAsync(fake, "#!/bin/sh\necho fooled\n");
        UnixMode.Set(fake, "0500");

        await Runner(("PATH", $".{Path.PathSeparator}/nowhere"))
            .RunAsync(new ProcessRequest { Program = "git", Folder = _folder }, default)
            .ShouldThrowAsync<ProviderException>();
    }

    [Fact]
    public async Task A_program_that_changes_things_does_not_start_without_the_lease()
    {
        var runner = Guarded(new LosingWriter(after: 0));

        var refused = await runner.RunAsync(Shell("echo >ran") with { Changes = true }, default)
            .ShouldThrowAsync<ProviderException>();

        refused.Code.ShouldBe(ProviderErrorCode.NotWriter);
        File.Exists(Path.Combine(_folder, "ran")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_program_that_changes_things_is_ended_when_the_lease_is_lost()
    {
        var runner = Guarded(new LosingWriter(after: 2));

        var refused = await runner.RunAsync(Shell("echo $$ >self; sleep 600") with { Changes = true }, default)
            .ShouldThrowAsync<ProviderException>();

        refused.Code.ShouldBe(ProviderErrorCode.NotWriter);
        await GoneAsync("self");
    }

    [Fact]
    public async Task A_started_program_talks_until_it_is_disposed()
    {
        var child = await Runner().StartAsync(Shell("echo $$ >self; echo careful >&2; cat"), default);
        var buffer = new byte[4];
        foreach (var word in new[] { "ping", "pong" })
        {
            await child.Stream.WriteAsync(Encoding.ASCII.GetBytes(word));
            await child.Stream.FlushAsync();
            await child.Stream.ReadExactlyAsync(buffer);
            Encoding.ASCII.GetString(buffer).ShouldBe(word);
        }

        child.Error.ShouldBe("careful\n");
        await child.DisposeAsync();
        await child.DisposeAsync();
        await GoneAsync("self");
    }

    [Fact]
    public async Task A_started_program_with_grace_ends_by_itself()
    {
        var child = await Runner().StartAsync(
            Shell("cat >/dev/null; echo >tidied") with { Grace = Seconds(600) }, default);

        await child.DisposeAsync();

        File.Exists(Path.Combine(_folder, "tidied")).ShouldBeTrue();
        (await child.Ended).ShouldBe(0);
    }

    private static TimeSpan Seconds(int count) => TimeSpan.FromSeconds(count);

    private static string Text(ProcessResult result) => Encoding.UTF8.GetString(result.Output.Span);

    private static Func<string, string?> Environment(params (string Name, string Value)[] variables)
    {
        var all = new Dictionary<string, string> { ["PATH"] = "/usr/bin:/bin" };
        foreach (var (name, value) in variables)
            all[name] = value;
        return name => all.GetValueOrDefault(name);
    }

    private static ProcessRunner Runner(params (string Name, string Value)[] variables) =>
        new(new ScaledTimeProvider(TimeProvider.System, 20, default), Environment(variables), FreeWriter.Instance);

    private static ProcessRunner Guarded(IWriterGuard guard) =>
        new(new ScaledTimeProvider(TimeProvider.System, 20, default), Environment(), guard);

    private ProcessRequest Shell(string script) =>
        new() { Program = "sh", Arguments = ["-c", script], Folder = _folder, Timeout = Seconds(1200) };

    private bool IsRunning(string pidFile) =>
        Directory.Exists($"/proc/{File.ReadAllText(Path.Combine(_folder, pidFile)).Trim()}")
        && !File.ReadAllText($"/proc/{File.ReadAllText(Path.Combine(_folder, pidFile)).Trim()}/stat")
            .Contains(") Z ", StringComparison.Ordinal);

    private async Task GoneAsync(params string[] pidFiles)
    {
        foreach (var file in pidFiles)
            await Eventually.HoldsAsync(() => !IsRunning(file), file);
    }

    private Task ThereAsync(string file) =>
        Eventually.HoldsAsync(() => File.Exists(Path.Combine(_folder, file)), file);

    private sealed class LosingWriter(int after) : IWriterGuard
    {
        private int _asked;

        public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) =>
            Interlocked.Increment(ref _asked) <= after
                ? Task.CompletedTask
                : throw new ProviderException(
                    ProviderErrorCode.NotWriter, $"lost at {_asked.ToString(CultureInfo.InvariantCulture)}");
    }
}
