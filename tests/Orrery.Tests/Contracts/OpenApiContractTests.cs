using System.Text;
using System.Text.Json;
using Orrery.Simulation.Hetzner;
using Orrery.Tests.Simulation;

namespace Orrery.Tests.Contracts;

public sealed class OpenApiContractTests
{
    private const string Volume = """{"name":"data","size":10,"location":"fsn1"}""";

    [Theory]
    [InlineData("""{"type":"string"}""", "5", "$: Number is not of type string")]
    [InlineData("""{"type":["string","null"]}""", "null", null)]
    [InlineData("""{"type":"string","nullable":true}""", "null", null)]
    [InlineData("""{"type":"string"}""", "null", "$: Null is not of type string")]
    [InlineData("""{"type":"integer"}""", "1.5", "$: Number is not of type integer")]
    [InlineData("""{"type":"integer"}""", "1.0", null)]
    [InlineData("""{"enum":["a","b"]}""", "\"c\"", """$: c is not one of ["a","b"]""")]
    [InlineData("""{"const":1}""", "2", "$: 2 is not 1")]
    [InlineData("""{"type":"object","required":["a"],"properties":{"a":{}}}""", "{}", "$: lacks a")]
    [InlineData("""{"properties":{"a":{"type":"string"}}}""", """{"a":1}""", "$.a: Number is not of type string")]
    [InlineData("""{"properties":{"a":{}}}""", """{"b":1}""", "$.b: is not in the contract")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":{"type":"string"}}""", """{"b":1}""",
        "$.b: Number is not of type string")]
    [InlineData("""{"additionalProperties":false}""", """{"b":1}""", "$.b: nothing is allowed here")]
    [InlineData("""{"type":"object"}""", """{"anything":1}""", null)]
    [InlineData("""{"items":{"type":"string"}}""", """["a",1]""", "$[1]: Number is not of type string")]
    [InlineData("""{"allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}""", """{"a":1,"b":2}""", null)]
    [InlineData("""{"allOf":[{"properties":{"a":{}}},{"properties":{"b":{}}}]}""", """{"c":1}""",
        "$.c: is not in the contract")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"integer"}]}""", "true",
        "$: fits none of anyOf: $: True is not of type string; $: True is not of type integer")]
    [InlineData("""{"oneOf":[{"type":"number"},{"type":"integer"}]}""", "1", "$: fits 2 of oneOf")]
    [InlineData("""{"pattern":"^a+$"}""", "\"b\"", "$: b does not match ^a+$")]
    [InlineData("""{"minimum":3}""", "2", "$: 2 breaks minimum 3")]
    [InlineData("""{"maximum":3}""", "4", "$: 4 breaks maximum 3")]
    [InlineData("""{"exclusiveMinimum":3}""", "3", "$: 3 breaks exclusiveMinimum 3")]
    [InlineData("""{"multipleOf":3}""", "4", "$: 4 breaks multipleOf 3")]
    [InlineData("""{"maxLength":1}""", "\"ab\"", "$: ab breaks maxLength 1")]
    [InlineData("""{"minItems":1}""", "[]", "$: [] breaks minItems 1")]
    [InlineData("""{"uniqueItems":true}""", "[1,1]", "$: [1,1] breaks uniqueItems True")]
    [InlineData("""{"maxProperties":0}""", """{"a":1}""", """$: {"a":1} breaks maxProperties 0""")]
    [InlineData("""{"format":"date-time"}""", "\"2026-11-02\"", "$: 2026-11-02 is not in the format date-time")]
    [InlineData("""{"format":"date-time"}""", "\"2026-11-02T00:00:00+00:00\"", null)]
    [InlineData("""{"format":"ipv4"}""", "\"10.1\"", "$: 10.1 is not in the format ipv4")]
    [InlineData("""{"format":"int32"}""", "3000000000", "$: 3000000000 is not in the format int32")]
    [InlineData("""{"format":"decimal"}""", "\"1,x\"", "$: 1,x is not in the format decimal")]
    [InlineData("""{"$ref":"#/a~1b"}""", "1", "$: Number is not of type string")]
    public void A_value_is_held_against_its_schema(string schema, string value, string? expected)
    {
        var report = Checked(schema, value);
        report.Violations.ShouldBe(expected is null ? [] : [expected]);
        report.Unchecked.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"not":{}}""", "1", "the schema word 'not'")]
    [InlineData("""{"format":"zip-code"}""", "\"1\"", "the format 'zip-code'")]
    public void What_is_not_known_is_counted(string schema, string value, string expected) =>
        Checked(schema, value).Unchecked.ShouldBe([expected]);

    public static TheoryData<string, string, string?, string> Deviations => new()
    {
        { "POST", "/v1/volumes", """{"name":"data","size":"10"}""",
            "POST /v1/volumes.size: String is not of type integer" },
        { "POST", "/v1/volumes", """{"name":"data"}""", "POST /v1/volumes: lacks size" },
        { "POST", "/v1/volumes", """{"name":"data","size":10,"colour":"red"}""",
            "POST /v1/volumes.colour: is not in the contract" },
        { "POST", "/v1/volumes", "{", "POST /v1/volumes: the body is not JSON" },
        { "POST", "/v1/volumes", null, "POST /v1/volumes: lacks its body" },
        { "POST", "/v1/volumes/1/actions/detach", """{"a":1}""",
            "POST /v1/volumes/1/actions/detach: has a body, which is not in the contract" },
        { "GET", "/v1/volumes?colour=red", null,
            "GET /v1/volumes: the query parameter 'colour' is not in the contract" },
        { "GET", "/v1/volumes?sort=colour", null, "GET /v1/volumes sort[0]: colour is not one of [" },
        { "GET", "/v1/volumes?page=first", null, "GET /v1/volumes page: String is not of type integer" },
        { "GET", "/v1/actions", null, "GET /v1/actions: lacks the parameter 'id'" },
        { "GET", "/v1/nothing", null, "GET /v1/nothing: is not in the contract" },
    };

    [ContractTheory]
    [MemberData(nameof(Deviations))]
    public void A_request_that_differs_from_the_contract_is_found(
        string method, string path, string? body, string expected)
    {
        var contract = OpenApiContract.Hetzner();
        var parts = path.Split('?');
        contract.Check(
            new WireRequest(method, parts[0], parts.ElementAtOrDefault(1) ?? "", "application/json", Bytes(body)),
            new WireReply(500, "application/json", Bytes("""{"error":{"code":"server_error","message":"x"}}""")));
        contract.Report.Violations.ShouldContain(violation => violation.StartsWith(expected, StringComparison.Ordinal));
    }

    [ContractTheory]
    [InlineData(302, "{}", "GET /v1/volumes -> 302: the status is not in the contract")]
    [InlineData(200, "{}", "GET /v1/volumes -> 200: lacks meta, volumes")]
    [InlineData(404, """{"error":{"code":"not_found"}}""", "GET /v1/volumes -> 404.error: lacks message")]
    [InlineData(404, """{"error":{"code":5,"message":""}}""",
        "GET /v1/volumes -> 404.error.code: Number is not of type string")]
    public void A_reply_that_differs_from_the_contract_is_found(int status, string body, string expected)
    {
        var contract = OpenApiContract.Hetzner();
        contract.Check(
            new WireRequest("GET", "/v1/volumes", "", null, default),
            new WireReply(status, "application/json", Bytes(body)));
        contract.Report.Violations.ShouldContain(expected);
    }

    [ContractFact]
    public async Task The_handler_checks_what_passes_and_passes_it_on()
    {
        using var handler =
            new ContractCheckingHandler(OpenApiContract.Hetzner(), new WorldHandler(new HetznerWorld(new())));
        using var client = new HttpClient(handler) { BaseAddress = new Uri("http://hetzner.invalid/v1/") };
        client.DefaultRequestHeaders.Authorization = new("Bearer", new HetznerWorldOptions().Token);
        using var content = new StringContent(Volume, Encoding.UTF8, "application/json");
        using var made = await client.PostAsync("volumes", content);
        using var document = JsonDocument.Parse(await made.Content.ReadAsByteArrayAsync());
        document.RootElement.GetProperty("volume").GetProperty("name").GetString().ShouldBe("data");
        (await client.GetByteArrayAsync("volumes?name=data")).Length.ShouldBeGreaterThan(0);
        handler.Report.ShouldBeClean();
        handler.Report.Exchanges.ShouldBe(2);
    }

    private static ContractReport Checked(string schema, string value)
    {
        using var document = JsonDocument.Parse("""{"a/b":{"type":"string"}}""");
        using var parsedSchema = JsonDocument.Parse(schema);
        using var parsedValue = JsonDocument.Parse(value);
        var report = new ContractReport();
        new SchemaChecker(document.RootElement, report).Check(parsedSchema.RootElement, parsedValue.RootElement, "$");
        return report;
    }

    private static byte[] Bytes(string? text) => Encoding.UTF8.GetBytes(text ?? "");
}
