using System.Text.Json;
using Orrery.Tests.Programs;
using Orrery.Tests.Secrets.Guard;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Cli.Guard;

/// <summary>What is searched, how it is told, and that nothing of it is shown.</summary>
public sealed class GuardVerbTests : IDisposable
{
    private readonly GuardScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [ProgramFact("git")]
    public async Task This_repository_holds_no_secrets()
    {
        var exit = await _scene.RunInAsync(SourceTree.Root);
        exit.ShouldBe(0, _scene.Error);
        _scene.Output.ShouldMatch("^nothing found in [0-9,]+ files\n$");
    }

    [Fact]
    public async Task All_planted_leaks_are_found_on_disk_and_shown_nowhere()
    {
        _scene.Write(CleanTwin.Rules.Path, CleanTwin.Rules.Text);
        foreach (var leak in PlantedLeaks.All)
            _scene.Write(leak.Path, leak.Text);
        (await _scene.RunAsync("--sarif", "out.sarif", "-o", "json")).ShouldBe(1);
        using var json = JsonDocument.Parse(_scene.Output);
        json.RootElement.GetProperty("clean").GetBoolean().ShouldBeFalse();
        json.RootElement.GetProperty("files").GetInt32().ShouldBe(PlantedLeaks.All.Count + 1);
        json.RootElement.GetProperty("findings").EnumerateArray()
            .Select(finding => $"{finding.GetProperty("file")} {finding.GetProperty("rule")}")
            .ShouldBe(PlantedLeaks.All.Select(leak => $"{leak.Path} {leak.Rule}").Order(StringComparer.Ordinal), true);
        var said = _scene.Output + _scene.Error + await File.ReadAllTextAsync(_scene.PathOf("out.sarif"));
        (await _scene.RunAsync()).ShouldBe(1);
        said += _scene.Output + _scene.Error;
        // Words like these are no secrets of their own: they stand in names, too.
        foreach (var leak in PlantedLeaks.All.Where(leak => leak.Secret.Length >= 16 && leak.Path != "keys/putty.ppk"))
            said.ShouldNotContain(leak.Secret);

        said.ShouldNotContain("swordfish");
    }

    [Fact]
    public async Task A_clean_folder_is_clean_without_git()
    {
        foreach (var (path, text) in CleanTwin.All)
            _scene.Write(path, text);
        (await _scene.RunAsync()).ShouldBe(0, _scene.Error);
        _scene.Output.ShouldBe($"nothing found in {CleanTwin.All.Count} files\n");
        _scene.Error.ShouldBe("");
    }

    [Fact]
    public async Task A_finding_is_told_with_its_place_and_what_to_do()
    {
        _scene.Write("a/b.env", "# one\n  X=ghp_" + new Chance(1).Of(36) + "\n");
        (await _scene.RunAsync("a")).ShouldBe(1);
        _scene.Error.ShouldBe(
            """
            error: a token stands in clear [GUARD002]
             --> b.env:2:5
              |
            2 | ghp_..., 40 characters
              | ^^^^^^^^^^^^^^^^^^^^^^
              A token of GitHub (rule github-token).
            hint: take it out, and make a new one where it was ever pushed
            hint: if it is right here, say why on its line or the one before:
                  orrery-guard:allow github-token REASON

            1 finding in 1 file

            """);
    }

    [ProgramFact("git")]
    public async Task Git_says_what_belongs_to_a_tree()
    {
        var leak = $"X=ghp_{new Chance(1).Of(36)}\n";
        await _scene.GitAsync("init", "--quiet");
        foreach (var path in new[] { "tracked.env", "untracked.env", "ignored/a.env", "b/c ü.env" })
            _scene.Write(path, leak);
        _scene.Write(".gitignore", "ignored/\n");
        await _scene.GitAsync("add", "tracked.env");
        (await _scene.RunAsync("-o", "json")).ShouldBe(1);
        Files().ShouldBe(["b/c ü.env", "tracked.env", "untracked.env"]);
        (await _scene.RunAsync("b", "tracked.env", "-o", "json")).ShouldBe(1);
        Files().ShouldBe(["b/c ü.env", "tracked.env"]);
        (await _scene.RunInAsync(_scene.PathOf("b"), "-o", "json")).ShouldBe(1);
        Files().ShouldBe(["b/c ü.env"]);
        (await _scene.RunAsync(".gitignore")).ShouldBe(0);
        (await _scene.RunAsync("nowhere")).ShouldBe(2);
        _scene.Error.ShouldContain("CLI002");
        (await _scene.RunAsync("b", "..")).ShouldBe(2);
        _scene.Error.ShouldContain("GUARD012");
    }

    [ProgramFact("git")]
    public async Task What_is_staged_is_searched_as_it_is_staged()
    {
        var leak = $"X=ghp_{new Chance(1).Of(36)}\n";
        await _scene.GitAsync("init", "--quiet");
        _scene.Write("leak.env", leak);
        _scene.Write("clean.env", "X=1\n");
        _scene.Write("binary", "\0" + leak);
        await _scene.GitAsync("add", ".");
        // On disk it is the other way round now.
        _scene.Write("leak.env", "X=1\n");
        _scene.Write("clean.env", leak);
        _scene.Write("new.env", leak);
        (await _scene.RunAsync("--staged", "-o", "json")).ShouldBe(1);
        Files().ShouldBe(["leak.env"]);
        (await _scene.RunAsync("-o", "json")).ShouldBe(1);
        Files().ShouldBe(["clean.env", "new.env"]);
        await _scene.GitAsync("add", "leak.env");
        (await _scene.RunAsync("--staged")).ShouldBe(0, _scene.Error);
        _scene.Write(".orrery-guard.yaml", "allow:\n  - path: clean.env\n    reason: none\n");
        (await _scene.RunAsync("--staged")).ShouldBe(0, "the list is not staged yet");
        await _scene.GitAsync("add", ".orrery-guard.yaml");
        (await _scene.RunAsync("--staged")).ShouldBe(1);
        _scene.Error.ShouldContain("GUARD008");
    }

    [ProgramFact("git")]
    public async Task Rules_and_wiring_are_those_of_the_whole_tree()
    {
        await _scene.GitAsync("init", "--quiet");
        _scene.Write(".sops.yaml", "creation_rules:\n  - path_regex: ^secrets/\n    age: age1x\n");
        _scene.Write("secrets/a.yaml", "password: swordfish\n");
        _scene.Write("deploy/a.yaml", "apiVersion: v1\nkind: Secret\nstringData: { password: swordfish }\n");
        _scene.Write("a.pem", new Chance(3).Pem("RSA PRIVATE KEY"));
        _scene.Write("a.env", $"API_TOKEN={new Chance(3).Of(40)}\n");
        (await _scene.RunAsync()).ShouldBe(1);
        foreach (var code in new[] { "GUARD001", "GUARD003", "GUARD004", "GUARD005" })
            _scene.Error.ShouldContain(code);
        _scene.Error.ShouldNotContain("swordfish");
        _scene.Write(".sops.yaml", "creation_rules:\n  - path_regex: '['\n");
        (await _scene.RunAsync()).ShouldBe(1);
        _scene.Error.ShouldContain("SOPS007");
    }

    [Fact]
    public async Task Ciphertext_that_nothing_decrypts_has_a_code_and_so_have_bad_allowances()
    {
        _scene.Write("apps/kustomization.yaml", "kind: Kustomization\nresources: [s.yaml]\n");
        var encrypted = CleanTwin.All.Single(file => file.Path == "selected/a.yaml").Text;
        _scene.Write("apps/s.yaml", encrypted);
        _scene.Write(".orrery-guard.yaml", "allow:\n  - path: a\n");
        (await _scene.RunAsync()).ShouldBe(1);
        _scene.Error.ShouldContain("GUARD006");
        _scene.Error.ShouldContain("GUARD007");
    }

    [Fact]
    public async Task A_text_that_is_too_large_is_told_and_no_failure()
    {
        var line = new string('x', 1023) + "\n";
        _scene.Write("large.txt", string.Concat(Enumerable.Repeat(line, (32 * 1024) + 1)));
        (await _scene.RunAsync()).ShouldBe(0);
        _scene.Error.ShouldContain("warning: a file is too large to be searched [GUARD009]");
    }

    [Fact]
    public async Task Without_a_repository_there_is_no_index_and_no_hook()
    {
        foreach (var option in new[] { "--staged", "--install" })
        {
            (await _scene.RunAsync(option)).ShouldBe(2);
            _scene.Error.ShouldContain("GUARD010");
        }
    }

    private IReadOnlyList<string> Files()
    {
        using var json = JsonDocument.Parse(_scene.Output);
        return
        [
            .. json.RootElement.GetProperty("findings").EnumerateArray()
                .Select(finding => finding.GetProperty("file").GetString()!),
        ];
    }
}
