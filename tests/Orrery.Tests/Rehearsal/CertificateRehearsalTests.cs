using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Rehearsal;

/// <summary>A platform whose pages have certificates of an authority that gives five a week.</summary>
public sealed class CertificateRehearsalTests : IDisposable
{
    private static readonly string Platform =
        Path.Combine(ContractFolder.RepositoryRoot, "tests", "Orrery.Tests", "Rehearsal", "Certificates");

    private readonly string _folder = Directory.CreateTempSubdirectory("orrery-certificates-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_cluster_that_begins_empty_has_the_certificates_of_the_one_before_and_orders_none()
    {
        var report = await PlayAsync("none");
        report.GetProperty("outcome").GetString().ShouldBe("converged", $"{report}");
        Broken(report).ShouldBeEmpty();
        report.GetProperty("invariants").EnumerateArray()
            .Single(invariant => invariant.GetProperty("name").GetString() == "no-certificate-reordered")
            .GetProperty("checked").GetInt32().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task What_is_restored_without_its_issuer_is_ordered_again_and_that_is_noticed() =>
        Broken(await PlayAsync("certificates-of-nobody")).ShouldBe(["no-certificate-reordered"]);

    /// <summary>Without an address nobody reaches the page, and the authority gives nothing for it.</summary>
    [Fact]
    public async Task A_name_that_cannot_be_proved_is_waited_for_two_minutes_and_no_promise_is_broken()
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Platform, "platform.yaml"));
        const string Addresses = "    loadBalancer: { metallb: { pools: { ingress: [10.2.3.2] } } }\n";
        text.ShouldContain(Addresses);
        await File.WriteAllTextAsync(
            Path.Combine(_folder, "platform.yaml"), text.Replace(Addresses, "", StringComparison.Ordinal));

        var report = await PlayAsync("none", _folder);
        report.GetProperty("outcome").GetString().ShouldBe("converged", $"{report}");
        Broken(report).ShouldBeEmpty();
        var wait = report.GetProperty("steps")[0].GetProperty("timeline").EnumerateArray()
            .Single(entry => entry.GetProperty("address").GetString() == "pages/kubernetes/kept-certificates/all");
        (wait.GetProperty("end").GetDouble() - wait.GetProperty("start").GetDouble()).ShouldBeInRange(120, 125);
    }

    private static async Task<JsonElement> PlayAsync(string bug, string? folder = null)
    {
        using var document = JsonDocument.Parse(await ChildProcess.RehearseAsync(folder ?? Platform, bug, "1", "none"));
        document.RootElement.TryGetProperty("error", out var error).ShouldBeFalse($"{error}");
        return document.RootElement.Clone();
    }

    private static string[] Broken(JsonElement report) =>
    [
        .. report.GetProperty("invariants").EnumerateArray()
            .Where(invariant => !invariant.GetProperty("holds").GetBoolean())
            .Select(invariant => invariant.GetProperty("name").GetString() ?? ""),
    ];
}
