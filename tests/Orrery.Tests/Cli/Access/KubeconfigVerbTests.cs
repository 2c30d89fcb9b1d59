using Orrery.Cli;
using Orrery.Cli.Access;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Clusters;
using Orrery.Providers.Kubernetes.Configuration;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli.Access;

public sealed class KubeconfigVerbTests
{
    private const string Theirs = """
        # mine
        apiVersion: v1
        kind: Config
        current-context: work
        clusters: [{ name: work, cluster: { server: "https://192.0.2.1:6443", x-theirs: kept } }]
        contexts: [{ name: work, context: { cluster: work, user: me } }]
        users: [{ name: me, user: { token: abc } }]
        """;

    private static readonly string[] PrivateWords = ["PRIVATE KEY", "client-key-data", "LS0tLS1CRUdJTiBFQyBQUklWQVRF"];

    [Fact]
    public async Task A_kubeconfig_is_made_of_the_repository_alone()
    {
        await using var scene = await AccessScene.WithKeysAsync();
        (await scene.RunAsync("kubeconfig", "site")).ShouldBe(ExitCode.Done);

        var port = LocalPort.Of(AccessScene.Platform.Id, "prod");
        var content = Kubeconfig.Read(scene.Output.ToString(), "out");
        content.CurrentContext.ShouldBe("cosmos-prod");
        scene.Output.ToString().ShouldContain($"server: https://127.0.0.1:{port}\n");
        scene.Output.ToString().ShouldContain("client-key-data: ");
        scene.Error.ToString().ShouldBe(
            "hint: 6443 is closed from outside, so this works while a tunnel is open:\n"
            + "hint:   orrery tunnel site --cluster prod\n");
    }

    [Theory]
    [InlineData("KUBECONFIG")]
    [InlineData(null)]
    public async Task Merging_keeps_what_people_have(string? variable)
    {
        await using var scene = await AccessScene.WithKeysAsync();
        var file = Path.Combine(scene.Folder, variable is null ? ".kube/config" : "own.yaml");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllTextAsync(file, Theirs);
        UnixMode.Set(file, "0644");
        if (variable is not null)
            scene.Variables[variable] = $"{scene.Folder}/missing.yaml:{file}";

        (await scene.RunAsync("kubeconfig", "site", "--merge")).ShouldBe(ExitCode.Done);
        (await scene.RunAsync("kubeconfig", "site", "--merge")).ShouldBe(ExitCode.Done);

        var merged = Kubeconfig.Read(await File.ReadAllTextAsync(file), file);
        merged.CurrentContext.ShouldBe("work");
        merged.Contexts.ShouldBe(["work", "cosmos-prod"]);
        (await File.ReadAllTextAsync(file)).ShouldContain("x-theirs: kept");
        UnixMode.Of(file).ShouldBe("0600");
        Directory.EnumerateFiles(Path.GetDirectoryName(file)!, "*.lock").ShouldBeEmpty();
        scene.Output.ToString().ShouldBeEmpty();
        var said = scene.Error.ToString();
        said.Split("the comments that the file had are gone").Length.ShouldBe(2, "said once: the second had none");
        said.ShouldContain("kubectl config use-context cosmos-prod");
        PrivateWords.ShouldAllBe(word => !said.Contains(word, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_first_kubeconfig_is_made_and_a_link_stays_one()
    {
        await using var scene = await AccessScene.WithKeysAsync();
        var (link, target) = (Path.Combine(scene.Folder, "link"), Path.Combine(scene.Folder, "target"));
        await File.WriteAllTextAsync(target, "");
        File.CreateSymbolicLink(link, target);
        scene.Variables["KUBECONFIG"] = link;

        (await scene.RunAsync("kubeconfig", "site", "--merge")).ShouldBe(ExitCode.Done);

        File.ResolveLinkTarget(link, true)!.FullName.ShouldBe(target);
        Kubeconfig.Read(await File.ReadAllTextAsync(target), target).CurrentContext.ShouldBe("cosmos-prod");
    }

    [Theory]
    [InlineData("clusters: [", null)]
    [InlineData(Theirs, "config.lock")]
    public async Task What_cannot_be_merged_stays_as_it_is(string content, string? locked)
    {
        await using var scene = await AccessScene.WithKeysAsync();
        var file = Path.Combine(scene.Folder, "config");
        await File.WriteAllTextAsync(file, content);
        if (locked is not null)
            await File.WriteAllTextAsync(Path.Combine(scene.Folder, locked), "");
        scene.Variables["KUBECONFIG"] = file;

        (await scene.RunAsync("kubeconfig", "site", "--merge")).ShouldBe(ExitCode.Failed);

        (await File.ReadAllTextAsync(file)).ShouldBe(content);
        File.Exists(Path.Combine(scene.Folder, "config.lock")).ShouldBe(locked is not null);
    }

    [Fact]
    public async Task The_environment_names_a_file_that_only_its_owner_reads_and_shows_no_secret()
    {
        await using var scene = await AccessScene.WithKeysAsync();
        (await scene.RunAsync("env", "site")).ShouldBe(ExitCode.Done);

        var file = Path.Combine(scene.Folder, "site", ".orrery", "kubeconfig");
        scene.Output.ToString().ShouldBe(
            $"export KUBECONFIG='{file}'\n"
            + "export ARGOCD_OPTS='--port-forward --port-forward-namespace argocd --plaintext'\n");
        Kubeconfig.Read(await File.ReadAllTextAsync(file), file).Contexts.ShouldBe(["cosmos-prod"]);
        UnixMode.Of(file).ShouldBe("0600");
    }

    [Theory]
    [InlineData("tcp", "6443", "https://192.0.2.10:6443/")]
    [InlineData("tcp", "6000-7000", "https://192.0.2.10:6443/")]
    [InlineData("udp", "6443", null)]
    [InlineData("tcp", "443", null)]
    public async Task Where_the_firewall_lets_people_in_the_server_is_the_machine(
        string protocol, string port, string? server)
    {
        var cluster = AccessScene.Platform.Clusters["prod"];
        var hetzner = (Infrastructure.Hetzner)cluster.Infrastructure;
        var rule = new FirewallRule(protocol, port, ["0.0.0.0/0"]);
        var open = cluster with
        {
            Infrastructure = hetzner with { Firewall = new(ValueMap.Of(("any", rule))) },
        };
        await using var scene = AccessScene.Declared();
        scene.Remember("machine/prepared", Value.MapOf(
            ("address", "192.0.2.10"), ("user", "root"), ("hostKeys", Value.ListOf(["ssh-ed25519 AAAA"]))));
        scene.Remember("machine/k3s", Value.MapOf(("clusterId", "u")));
        $"{new RecordedMachines(open, scene.State).PublicServer}".ShouldBe(server ?? "");
    }
}
