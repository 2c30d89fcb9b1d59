using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Orrery.Engine.Ports;
using Orrery.Providers.Hetzner;
using Orrery.Providers.Hetzner.Wire;
using Orrery.Providers.Http;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers;

/// <summary>Our wire types and error codes against Hetzner's published contract.</summary>
public partial class HetznerContractTests
{
    /// <summary>What <c>adopt</c> writes its labels to.</summary>
    public static TheoryData<string> Labelled =>
        ["ssh_keys", "firewalls", "volumes", "primary_ips", "floating_ips", "servers"];

    public static TheoryData<string, string> Bodies => new()
    {
        { "/ssh_keys", nameof(SshKeyCreate) },
        { "/firewalls", nameof(FirewallCreate) },
        { "/firewalls/{id}/actions/set_rules", nameof(FirewallSetRules) },
        { "/firewalls/{id}/actions/apply_to_resources", nameof(FirewallApply) },
        { "/firewalls/{id}/actions/remove_from_resources", nameof(FirewallRemove) },
        { "/volumes", nameof(VolumeCreate) },
        { "/volumes/{id}/actions/attach", nameof(VolumeAttach) },
        { "/volumes/{id}/actions/resize", nameof(VolumeResize) },
        { "/volumes/{id}/actions/change_protection", nameof(ChangeProtection) },
        { "/primary_ips", nameof(PrimaryIpCreate) },
        { "/floating_ips", nameof(FloatingIpCreate) },
        { "/floating_ips/{id}/actions/assign", nameof(FloatingIpAssign) },
        { "/servers", nameof(ServerCreate) },
    };

    [ContractTheory]
    [MemberData(nameof(Bodies))]
    public void A_body_has_the_fields_of_the_contract_and_all_that_it_demands(string path, string body) =>
        HasTheFields(path, "post", body);

    [ContractTheory]
    [MemberData(nameof(Labelled))]
    public void Labels_are_written_as_the_contract_allows(string collection) =>
        HasTheFields($"/{collection}/{{id}}", "put", nameof(LabelsUpdate));

    private static void HasTheFields(string path, string method, string body)
    {
        using var contract = JsonDocument.Parse(File.ReadAllBytes(ContractFolder.Of("hetzner", "cloud.spec.json")));
        var schema = contract.RootElement.GetProperty("paths").GetProperty(path).GetProperty(method)
            .GetProperty("requestBody").GetProperty("content").GetProperty("application/json").GetProperty("schema");
        var allowed = schema.GetProperty("properties").EnumerateObject().Select(field => field.Name).ToArray();
        var demanded = schema.TryGetProperty("required", out var required)
            ? required.EnumerateArray().Select(field => field.GetString()!).ToArray()
            : [];

        var ours = TypeOf(body).Properties.Select(property => property.Name).ToArray();

        ours.ShouldBeSubsetOf(allowed);
        demanded.ShouldBeSubsetOf(ours);
    }

    [ContractFact]
    public void Every_general_error_code_of_the_contract_has_a_meaning()
    {
        var text = File.ReadAllText(ContractFolder.Of("hetzner", "cloud.spec.json"));
        using var contract = JsonDocument.Parse(text);
        var description = contract.RootElement.GetProperty("info").GetProperty("description").GetString()!;

        var codes = CodeRow().Matches(description).Select(match => match.Groups["code"].Value).ToArray();

        codes.Length.ShouldBeGreaterThan(15);
        codes.ShouldBeSubsetOf(HetznerErrors.All.Select(error => error.CloudCode));
    }

    [Fact]
    public void An_error_code_stands_once_in_the_table() =>
        HetznerErrors.All.Select(error => error.CloudCode).ShouldBeUnique();

    [Theory]
    [InlineData(400, ProviderErrorCode.Invalid)]
    [InlineData(401, ProviderErrorCode.Unauthorized)]
    [InlineData(404, ProviderErrorCode.NotFound)]
    [InlineData(409, ProviderErrorCode.Conflict)]
    [InlineData(412, ProviderErrorCode.CapacityUnavailable)]
    [InlineData(423, ProviderErrorCode.Locked)]
    [InlineData(429, ProviderErrorCode.RateLimited)]
    [InlineData(502, ProviderErrorCode.Unavailable)]
    [InlineData(504, ProviderErrorCode.Timeout)]
    public void A_reply_without_a_known_code_is_judged_by_its_status(int status, ProviderErrorCode code)
    {
        var refusal = HetznerErrors.Classify(
            new ErrorReply("GET /v1/servers", status, "req-1", "<html>"u8.ToArray(), text => text));

        refusal.Code.ShouldBe(code);
        refusal.RequestId.ShouldBe("req-1");
        refusal.Message.ShouldBe($"Hetzner Cloud refused GET /v1/servers: no reason given ({status})");
    }

    [Fact]
    public void A_long_message_is_cut_and_keeps_to_one_line()
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new { error = new { code = "invalid_input", message = $"a\nb{new string('x', 1000)}" } });

        var refusal = HetznerErrors.Classify(new ErrorReply("POST /v1/servers", 422, null, body, text => text));

        refusal.Message.Length.ShouldBeLessThan(400);
        refusal.Message.ShouldNotContain("\n");
    }

    private static JsonTypeInfo TypeOf(string name)
    {
        var type = typeof(HetznerJson).Assembly.GetType($"Orrery.Providers.Hetzner.Wire.{name}")!;
        return HetznerJson.Default.GetTypeInfo(type)!;
    }

    [GeneratedRegex("^\\| `[0-9]+` \\| `(?<code>[a-z_]+)` \\|", RegexOptions.Multiline, 1000)]
    private static partial Regex CodeRow();
}
