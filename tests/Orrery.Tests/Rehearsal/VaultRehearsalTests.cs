using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>Cosmos with a Vault of its own: what people keep reaches their namespaces, from up to destroy.</summary>
public sealed class VaultRehearsalTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("orrery-vault-");

    public void Dispose() => _folder.Delete(recursive: true);

    /// <summary>On storage that a rebuild keeps, and on storage that it loses: there it is filled again.</summary>
    [Theory]
    [InlineData(true, "none")]
    [InlineData(false, "none")]
    [InlineData(true, "storm")]
    [InlineData(false, "storm")]
    public async Task The_lifecycle_converges_and_keeps_every_promise(bool isKept, string faults)
    {
        var report = await PlayAsync(isKept, "none", "1", faults);
        report.GetProperty("outcome").GetString().ShouldBe("converged", report.GetProperty("steps").GetRawText());
        report.GetProperty("orphans").GetArrayLength().ShouldBe(0);
        report.GetProperty("invariants").EnumerateArray().ShouldAllBe(invariant =>
            invariant.GetProperty("holds").GetBoolean() && invariant.GetProperty("checked").GetInt32() > 0);
        var health = report.GetProperty("clusters")[0].GetProperty("components").EnumerateArray().ToDictionary(
            component => component.GetProperty("name").GetString()!,
            component => component.GetProperty("health").GetString());
        foreach (var name in (string[])["external-secrets", "openbao", "vault-secrets"])
            health[name].ShouldBe("Healthy");
    }

    [Fact]
    public async Task A_crash_at_any_moment_is_survived()
    {
        var crashes = (await PlayAsync(true, "none", "1", "none", "every/97")).GetProperty("crashes");
        crashes.GetProperty("points").GetInt32().ShouldBeGreaterThan(4);
        crashes.GetProperty("converged").GetInt32().ShouldBe(crashes.GetProperty("points").GetInt32(), $"{crashes}");
        crashes.GetProperty("orphans").GetInt32().ShouldBe(0);
        crashes.GetProperty("duplicates").GetInt32().ShouldBe(0);
    }

    [Fact]
    public async Task A_role_for_somebody_else_is_noticed()
    {
        var report = await PlayAsync(true, "vault-knows-another", "1", "none");
        report.GetProperty("invariants").EnumerateArray()
            .Where(invariant => !invariant.GetProperty("holds").GetBoolean())
            .Select(invariant => invariant.GetProperty("name").GetString())
            .ShouldBe(["secrets-still-decrypt"]);
    }

    private async Task<JsonElement> PlayAsync(bool isKept, params string[] words)
    {
        var text = await File.ReadAllTextAsync(
            Path.Combine(ContractFolder.RepositoryRoot, "examples", "cosmos", "platform.yaml"));
        text = text.Replace("{ sealedSecrets: }", "{ sealedSecrets: , vault: { externalSecrets: true } }");
        text.ShouldContain("vault");
        if (!isKept)
        {
            // The claim of the Vault's is provisioned by K3s itself then, on the machine's own disk.
            text = string.Join('\n', text.Split('\n').Where(
                line => !line.Contains("local-path-provisioner", StringComparison.Ordinal)))
                .Replace("strategy: blue-green", "strategy: in-place", StringComparison.Ordinal);
        }

        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "platform.yaml"), text);
        using var document = JsonDocument.Parse(await ChildProcess.RehearseAsync([_folder.FullName, .. words]));
        return document.RootElement.Clone();
    }
}
