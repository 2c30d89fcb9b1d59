using System.Text;
using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Machines;
using Orrery.Tests.Contracts;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Providers.Machines;

/// <summary>What a machine boots from, and that the programs that read it take it.</summary>
public class UserDataTests
{
    private const string GoldenFile = "tests/Orrery.Tests/Golden/Machines/cosmos-user-data.yaml";

    [Fact]
    public void Cosmos_boots_from_this_text()
    {
        var text = UserData.Render(MachineScene.Known(MachineScene.Cosmos));

        Golden.Match(GoldenFile, text);
        Encoding.UTF8.GetByteCount(text).ShouldBeLessThan(UserData.BytesMax / 2);
        UserData.Render(MachineScene.Known(MachineScene.Cosmos)).ShouldBe(text);
    }

    [Fact]
    public void Outputs_of_others_become_edges()
    {
        var references = K3sMachine.Specification(MachineScene.Cosmos).References();

        references.Select(reference => reference.ToString()).ShouldBe(
        [
            "prod/machine/host-key/cosmos-0#private", "prod/hetzner/volume/cosmos-0.data-volume#device",
        ]);
    }

    [Fact]
    public void User_data_that_Hetzner_would_refuse_is_refused_with_its_size()
    {
        var manifests = ValueMap.Of(("big.yaml", new string('a', UserData.BytesMax)));
        var input = MachineScene.Cosmos with { K3s = MachineScene.Cosmos.K3s with { Manifests = manifests } };

        var refusal = Should.Throw<ProviderException>(() => UserData.Render(MachineScene.Known(input)));

        refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
        refusal.Message.ShouldContain("cosmos-0");
        refusal.Message.ShouldContain("Hetzner accepts 32768");
    }

    [Theory]
    [InlineData("/data; rm -rf /")]
    [InlineData("data")]
    [InlineData("/data/../etc")]
    [InlineData("/da$ta")]
    [InlineData("/da%ta")]
    [InlineData("/")]
    public void A_path_that_would_reach_a_script_as_something_else_is_refused(string path)
    {
        var kept = new KeptPath(path, "0:0", "0700");
        var input = MachineScene.Cosmos with { K3s = MachineScene.Cosmos.K3s with { Kept = [kept] } };

        Should.Throw<ProviderException>(() => K3sMachine.Specification(input)).Message.ShouldContain(path);
    }

    [Fact]
    public void The_only_key_in_it_is_the_one_time_key_and_people_do_not_see_it()
    {
        var known = MachineScene.Known(MachineScene.Cosmos);

        UserData.Show(known, showsSensitive: false).ShouldNotContain("planted");
        UserData.Show(known, showsSensitive: true).ShouldContain("planted-one-time-key");
        var rest = UserData.Render(known).Replace("planted-one-time-key", "", StringComparison.Ordinal);
        rest.Split("PRIVATE KEY").Length.ShouldBe(3);
        UserData.Show(K3sMachine.Specification(MachineScene.Cosmos), showsSensitive: true)
            .ShouldContain("(known after prod/hetzner/volume/cosmos-0.data-volume#device)");
    }

    [Theory]
    [InlineData("49.12.115.123", "lo", "49.12.115.123/32")]
    [InlineData("2001:db8::1", "eth0", "2001:db8::1/64")]
    public void The_floating_address_is_configured_where_Linux_answers_for_it(string ip, string device, string address)
    {
        var network = (Value.Map)FloatingIpNetwork.Of(ip)["network"];
        var ethernets = (Value.Map)network["ethernets"];

        ((Value.Map)ethernets[device])["addresses"].AsList().ShouldBe([(Value)address]);
    }

    [ContractTheory]
    [InlineData("schema-cloud-config-v1.json", false)]
    [InlineData("schema-network-config-v2.json", true)]
    public void It_is_what_the_published_schema_wants(string schema, bool isNetwork)
    {
        using var contract = JsonDocument.Parse(File.ReadAllText(ContractFolder.Of("cloudinit", schema)));
        using var value = JsonDocument.Parse(Json(isNetwork
            ? FloatingIpNetwork.Of("49.12.115.123")
            : CloudConfig.Of(MachineScene.Known(MachineScene.Cosmos))));
        var report = new ContractReport { Exchanges = 1 };

        new SchemaChecker(contract.RootElement, report).Check(contract.RootElement, value.RootElement, schema);

        report.Checked.ShouldBeGreaterThan(10);
        report.Violations.ShouldBeEmpty();
    }

    [ProgramFact("cloud-init")]
    public async Task Cloud_init_takes_it() => await InFolderAsync(async folder =>
    {
        var path = Path.Combine(folder, "user-data");
        await File.WriteAllTextAsync(path, UserData.Render(MachineScene.Known(MachineScene.Cosmos)));

        var said = await ProgramRun.OutputAsync("cloud-init", [], "schema", "--config-file", path);

        Encoding.UTF8.GetString(said).ShouldContain("Valid cloud-config");
    });

    [ProgramFact("netplan")]
    public async Task Netplan_takes_the_floating_address() => await InFolderAsync(async folder =>
    {
        var files = WrittenFiles(MachineScene.Cosmos);
        var netplan = Directory.CreateDirectory(Path.Combine(folder, "etc", "netplan")).FullName;
        await File.WriteAllTextAsync(
            Path.Combine(netplan, "60-floating-ip.yaml"), files["/etc/netplan/60-floating-ip.yaml"]);

        await ProgramRun.OutputAsync("netplan", [], "generate", "--root-dir", folder);

        var network = await File.ReadAllTextAsync(
            Path.Combine(folder, "run", "systemd", "network", "10-netplan-lo.network"));
        network.ShouldContain("Address=49.12.115.123/32");
    });

    [ProgramFact("shellcheck")]
    public async Task Shellcheck_has_nothing_to_say_of_the_scripts() => await InFolderAsync(async folder =>
    {
        var scripts = MachineScript.Names.Select(name => (name, MachineScript.Read(name)))
            .Concat(SimpleMachine.Tasks.Select(task => (task.Name, task.Script)));
        foreach (var (name, script) in scripts)
        {
            var path = Path.Combine(folder, name);
            await File.WriteAllTextAsync(path, script);
            await ProgramRun.OutputAsync("shellcheck", [], "--shell=sh", path);
            await ProgramRun.OutputAsync("sh", [], "-n", path);
        }
    });

    [ProgramFact("systemd-analyze")]
    public async Task Systemd_takes_the_units() => await InFolderAsync(async folder =>
    {
        // Systemd looks whether there is something to execute; what the image and the downloads bring is empty here.
        KeyValuePair<string, string>[] programs = [new("/usr/sbin/nft", ""), new("/usr/local/bin/k3s", "")];
        foreach (var (path, content) in WrittenFiles(MachineScene.Cosmos).Concat(programs))
        {
            var file = Path.Combine(folder, path.TrimStart('/'));
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, content);
            if (path.StartsWith("/usr/", StringComparison.Ordinal))
                UnixMode.Set(file, "0500");
        }

        await ProgramRun.OutputAsync(
            "systemd-analyze", [], "verify", "--man=no", $"--root={folder}", "--recursive-errors=no",
            "orrery-volumes.service", "orrery-metadata.service", "k3s.service");
    });

    [Fact]
    public void The_list_of_scripts_names_each_of_them() =>
        MachineScript.Names.ShouldBe(typeof(MachineScript).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith("machines/", StringComparison.Ordinal))
            .Select(name => name["machines/".Length..^".sh".Length]).Order(StringComparer.Ordinal));

    private static Dictionary<string, string> WrittenFiles(MachineInput input) =>
        CloudConfig.Of(MachineScene.Known(input))["write_files"].AsList().Select(file => (Value.Map)file)
            .ToDictionary(file => file["path"].AsText()!, file => file["content"].AsText()!, StringComparer.Ordinal);

    private static async Task InFolderAsync(Func<string, Task> use)
    {
        var folder = Directory.CreateTempSubdirectory("orrery-test-");
        try
        {
            await use(folder.FullName);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string Json(Value value) => value switch
    {
        Value.Sensitive sensitive => Json(sensitive.Of),
        Value.Text text => JsonSerializer.Serialize(text.Of),
        Value.Number number => $"{number.Of}",
        Value.Bool flag => flag.Is ? "true" : "false",
        Value.List list => $"[{string.Join(",", list.Items.Select(Json))}]",
        Value.Map map =>
            $"{{{string.Join(",", map.Fields.Select(f => $"{JsonSerializer.Serialize(f.Key)}:{Json(f.Value)}"))}}}",
        _ => "null",
    };
}
