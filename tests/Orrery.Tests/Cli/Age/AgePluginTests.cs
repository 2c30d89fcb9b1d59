using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli.Age;

/// <summary>Plugins as programs of their own, through the protocol that all of them speak.</summary>
public sealed class AgePluginTests : IDisposable
{
    private readonly AgeScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [ProgramFact("node")]
    public async Task A_plugin_wraps_and_opens_for_us_and_for_the_age_tool()
    {
        var (recipient, identity) = _scene.Install("plain");
        var keys = _scene.PathOf("key.txt");
        await File.WriteAllTextAsync(keys, identity + "\n");
        _scene.Input = "by us"u8.ToArray();
        (await _scene.RunAsync("encrypt", "-r", recipient)).ShouldBe(0, _scene.Error);
        var ours = _scene.Output;
        (await AgeAsync(ours, "-d", "-i", keys)).ShouldBe("by us"u8.ToArray());
        _scene.Input = ours;
        (await _scene.RunAsync("decrypt", "-i", "key.txt")).ShouldBe(0, _scene.Error);
        _scene.OutputText.ShouldBe("by us");

        _scene.Input = await AgeAsync("by age"u8.ToArray(), "-r", recipient);
        (await _scene.RunAsync("decrypt", "-i", "key.txt")).ShouldBe(0, _scene.Error);
        _scene.OutputText.ShouldBe("by age");
    }

    [ProgramFact("node")]
    public async Task A_plugin_stands_beside_other_recipients_and_identities_encrypt_too()
    {
        var (recipient, identity) = _scene.Install("plain");
        await File.WriteAllTextAsync(_scene.PathOf("plugin.txt"), identity + "\n");
        (await _scene.RunAsync("keygen", "-o", "own.txt")).ShouldBe(0);
        _scene.Input = "both"u8.ToArray();
        (await _scene.RunAsync("encrypt", "-i", "own.txt", "-i", "plugin.txt", "-r", recipient))
            .ShouldBe(0, _scene.Error);
        _scene.Input = _scene.Output;
        foreach (var keys in new[] { "own.txt", "plugin.txt" })
        {
            (await _scene.RunAsync("decrypt", "-i", keys)).ShouldBe(0, _scene.Error);
            _scene.OutputText.ShouldBe("both");
        }

        (await _scene.RunAsync("decrypt", "-j", "plain")).ShouldBe(0, _scene.Error);
        _scene.OutputText.ShouldBe("both");
    }

    [ProgramFact("node")]
    public async Task A_plugin_may_speak_with_the_user()
    {
        var (recipient, _) = _scene.Install("asks");
        _scene.Input = "text"u8.ToArray();
        _scene.Answers = "1234\n1";
        (await _scene.RunAsync("encrypt", "-r", recipient)).ShouldBe(0, _scene.Error);
        _scene.Error.ShouldBe(
            "age-plugin-asks: insert the card\nage-plugin-asks: PIN? \n"
            + "age-plugin-asks: touch it? ([1] go on, [2] stop) \n");
        _scene.Input = _scene.Output;
        (await _scene.RunAsync("decrypt", "-j", "asks")).ShouldBe(0, _scene.Error);
        _scene.OutputText.ShouldBe("text");

        await RefusedAsync("1234\n2", "the plugin age-plugin-asks reports: stopped.", "decrypt", "-j", "asks");
        await RefusedAsync("9\n1", "the plugin age-plugin-asks reports: wrong PIN.", "decrypt", "-j", "asks");
        await RefusedAsync(null, "the plugin age-plugin-asks reports: wrong PIN.", "decrypt", "-j", "asks");
    }

    [ProgramFact("node")]
    public async Task A_plugin_that_does_not_do_its_part_is_named_with_the_reason()
    {
        foreach (var (plugin, reason) in new[]
        {
            ("refuses", "the plugin age-plugin-refuses reports: no card in the  [31mreader."),
            ("dies", "The plugin age-plugin-dies ended before it was done. It said: the card is missing"),
            ("talks", "the plugin age-plugin-talks said what is no stanza."),
        })
        {
            var (recipient, _) = _scene.Install(plugin);
            await RefusedAsync(null, reason, "encrypt", "-o", "never.age", "-r", recipient);
            Directory.GetFiles(_scene.Folder).ShouldBeEmpty();
        }
    }

    [ProgramFact("node")]
    public async Task A_plugin_that_is_missing_is_named()
    {
        await RefusedAsync(
            null, "the program 'age-plugin-missing' cannot be started: it is in no folder of PATH. Install it.",
            "encrypt", "-r", AgeScene.Keys("missing").Recipient);
    }

    [ProgramFact("node")]
    public async Task Labels_of_a_plugin_hold_for_all_recipients_of_a_file()
    {
        var (quantum, _) = _scene.Install("quantum");
        var (plain, _) = _scene.Install("plain");
        _scene.Input = "text"u8.ToArray();
        (await _scene.RunAsync("keygen", "--pq", "-o", "quantum.txt")).ShouldBe(0);
        (await _scene.RunAsync("encrypt", "-r", quantum, "-i", "quantum.txt")).ShouldBe(0, _scene.Error);
        (await _scene.RunAsync("encrypt", "-r", quantum, "-r", plain)).ShouldBe(2);
        _scene.Error.ShouldContain("AGE007");
    }

    [ProgramFact("node")]
    public async Task A_plugin_that_opens_nothing_is_no_error_of_its_own()
    {
        _scene.Install("plain");
        (await _scene.RunAsync("keygen", "-o", "own.txt")).ShouldBe(0);
        _scene.Input = "text"u8.ToArray();
        (await _scene.RunAsync("encrypt", "-i", "own.txt")).ShouldBe(0);
        _scene.Input = _scene.Output;
        (await _scene.RunAsync("decrypt", "-j", "plain")).ShouldBe(1);
        _scene.Error.ShouldContain("AGE002");
    }

    private async Task RefusedAsync(string? answers, string reason, params string[] words)
    {
        _scene.Answers = answers;
        (await _scene.RunAsync(words)).ShouldBe(1);
        _scene.Error.ShouldContain("AGE005");
        _scene.Error.ShouldContain(reason);
    }

    private Task<byte[]> AgeAsync(byte[] input, params string[] arguments) =>
        ProgramRun.OutputAsync("env", input, [$"PATH={_scene.SearchPath}", "age", .. arguments]);
}
