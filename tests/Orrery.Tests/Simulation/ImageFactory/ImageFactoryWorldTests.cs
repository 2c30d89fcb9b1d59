using System.Text;
using System.Text.Json;
using Orrery.Simulation.ImageFactory;
using Orrery.Simulation.Worlds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation.ImageFactory;

/// <summary>The simulated factory says what the published reference says.</summary>
public class ImageFactoryWorldTests
{
    private const string Plain = "376567988ad370138ad8b2698212367b8edcb69b5fd68c80be1f2ec7d603b4ba";

    private readonly ImageFactoryWorld _world = new(new ImageFactoryWorldOptions());

    [ContractFact]
    public void Ids_are_those_of_the_published_vectors()
    {
        using var vectors = JsonDocument.Parse(
            File.ReadAllBytes(ContractFolder.Of("talos", "image-factory", "schematic-id-vectors.json")));
        foreach (var row in vectors.RootElement.EnumerateArray())
        {
            Register(row.GetProperty("yaml").GetString()!)
                .ShouldBe(row.GetProperty("id").GetString(), row.GetProperty("name").GetString());
        }

        Register("customization: {diskImage: {sectorSize: 4096}}")
            .ShouldBe("92833e9ddd9bb9e11b2464fa5525429f01866306d52ebd882ee08d7918f6d1ea");
    }

    [Fact]
    public void No_image_is_served_before_its_schematic_is_registered()
    {
        var path = $"/image/{Plain}/v1.12.4/nocloud-amd64.iso";
        Get(path).ShouldBe((404, $"schematic ID \"{Plain}\" not found\n"));
        Get($"/schematics/{Plain}").ShouldBe((404, "schematic not found\n"));
        _world.Pull($"factory.talos.dev/installer/{Plain}:v1.12.4").ShouldBeNull();
        Register("{}").ShouldBe(Plain);
        Get(path).Status.ShouldBe(200);
        Get($"/schematics/{Plain}").ShouldBe((200, "customization: {}\n"));
        _world.Pull($"factory.talos.dev/installer/{Plain}:v1.12.4")!.File.ShouldBe("metal-installer");
    }

    [Fact]
    public void An_image_says_what_it_would_be()
    {
        var id = Register("""
            customization:
              extraKernelArgs: [net.ifnames=0]
              meta: [{key: 10, value: '{"addresses":[]}'}]
              systemExtensions: {officialExtensions: [siderolabs/tailscale]}
            """);
        var bytes = Send("GET", $"/image/{id}/1.12.3/metal-amd64-secureboot.qcow2").Body;
        var asset = FactoryAsset.Parse(bytes.Span)!;
        asset.ShouldSatisfyAllConditions(
            () => asset.Version.ShouldBe("v1.12.3"),
            () => asset.SchematicId.ShouldBe(id),
            () => asset.Platform.ShouldBe("metal"),
            () => asset.IsSecureBoot.ShouldBeTrue(),
            () => asset.IsIso.ShouldBeFalse(),
            () => asset.Image.Meta["10"].ShouldBe("{\"addresses\":[]}"),
            () => asset.Image.Extensions.ShouldBe(["siderolabs/tailscale"]),
            () => asset.Image.KernelArguments.ShouldBe(["net.ifnames=0"]),
            () => asset.Image.Schematic.ShouldBe(id),
            () => asset.Content.Id.ShouldBe(id));
        FactoryAsset.Parse(Send("GET", $"/image/{id}/v1.12.3/nocloud-amd64.iso").Body.Span)!.Image.Platform
            .ShouldBe("nocloud");
        FactoryAsset.Parse("PNG"u8).ShouldBeNull();
        FactoryAsset.Parse("simulated-talos-image/1\nbroken"u8).ShouldBeNull();
    }

    [Fact]
    public void An_extension_that_it_does_not_have_is_refused_when_the_image_is_built()
    {
        var id = Register("customization: {systemExtensions: {officialExtensions: [siderolabs/nope]}}");
        Get($"/image/{id}/v1.12.4/metal-amd64.iso").ShouldBe((
            400,
            "error enhancing profile from schematic: official extension \"siderolabs/nope\" is not available for "
            + "Talos version v1.12.4\n"));
        _world.Pull($"factory.talos.dev/metal-installer/{id}:v1.12.4").ShouldBeNull();
    }

    [Theory]
    [InlineData("customization: {extensions: [a]}", "yaml: unmarshal errors:\n  field extensions not found")]
    [InlineData("owner: alice", "owner field is only supported in Enterprise edition")]
    [InlineData("customization: {meta: [{key: 10.5, value: a}]}", "yaml: ")]
    [InlineData("- a", "yaml: cannot unmarshal into schematic.Schematic")]
    [InlineData("", "EOF")]
    public void What_is_no_schematic_is_refused(string document, string message)
    {
        var (status, said) = Post(document);
        status.ShouldBe(400);
        said.ShouldStartWith(message);
        _world.Schematics.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("/image/{0}/v1.0.0/metal-amd64.iso", 404, "version 1.0.0 is not available\n")]
    [InlineData("/image/{0}/v1.12.4/vmware-amd64.ova", 400, "error parsing profile from path: ")]
    [InlineData("/image/{0}/v1.12.4/metal-amd64.iso.sha256", 402, "enterprise not enabled: ")]
    [InlineData("/version/v1.0.0/extensions/official", 404, "version 1.0.0 is not available\n")]
    [InlineData("/spdx/{0}/v1.12.4/amd64", 404, "404 page not found\n")]
    public void What_it_does_not_have_is_told(string path, int status, string message)
    {
        Register("{}");
        var (said, text) = Get(path.Replace("{0}", Plain));
        said.ShouldBe(status);
        text.ShouldStartWith(message);
    }

    [Fact]
    public void The_first_image_takes_its_time_and_is_kept()
    {
        Register("{}");
        var path = $"/image/{Plain}/v1.12.4/metal-amd64.iso";
        var first = Send("GET", path).ServiceTime;
        Send("GET", path).ServiceTime.ShouldBeLessThan(first);
        Send("HEAD", path).Body.Length.ShouldBe(0);
        _world.Service.Select(record => record.What).ShouldBe(
        [
            "POST /schematics", "GET /image/:schematic/v1.12.4/metal-amd64.iso",
            "GET /image/:schematic/v1.12.4/metal-amd64.iso", "HEAD /image/:schematic/v1.12.4/metal-amd64.iso",
        ]);
    }

    [Fact]
    public void Lists_are_in_the_reference_s_form()
    {
        JsonDocument.Parse(Get("/versions").Text).RootElement.EnumerateArray().Select(each => each.GetString())
            .ShouldContain("v1.12.4");
        var extension = JsonDocument.Parse(Get("/version/v1.12.4/extensions/official").Text).RootElement[0];
        extension.EnumerateObject().Select(field => field.Name)
            .ShouldBe(["name", "ref", "digest", "author", "description"]);
    }

    [Fact]
    public void Faults_are_played()
    {
        Send("POST", "/schematics", "{}", WorldFault.ErrorBefore).Status.ShouldBe(500);
        _world.Schematics.ShouldBeEmpty();
        Send("GET", "/versions", "", WorldFault.RateLimited).Status.ShouldBe(429);
        var late = Send("POST", "/schematics", "{}", WorldFault.ErrorAfter);
        (late.Status, late.Injected).ShouldBe((500, true));
        _world.Schematics.ShouldBe([Plain]);
    }

    private string Register(string document)
    {
        var (status, text) = Post(document);
        status.ShouldBe(201, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("id").GetString()!;
    }

    private (int Status, string Text) Post(string document)
    {
        var reply = Send("POST", "/schematics", document);
        return (reply.Status, Encoding.UTF8.GetString(reply.Body.Span));
    }

    private (int Status, string Text) Get(string path)
    {
        var reply = Send("GET", path);
        return (reply.Status, Encoding.UTF8.GetString(reply.Body.Span));
    }

    private WorldReply Send(string method, string path, string body = "", WorldFault? fault = null) => _world.Handle(
        new WorldRequest { Method = method, Path = path, Body = Encoding.UTF8.GetBytes(body), Fault = fault },
        TimeSpan.Zero);
}
