using System.Net;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.ImageFactory;
using Orrery.Simulation.ImageFactory;
using Orrery.Tests.Engine;
using Orrery.Tests.Simulation;

namespace Orrery.Tests.Providers.ImageFactory;

/// <summary>The client and the kind of schematics against the simulated factory.</summary>
public sealed class FactoryTests : IDisposable
{
    private static readonly ResourceAddress Address = ResourceAddress.Of("prod", "talos/schematic", "prod");
    private static readonly OperationContext Quiet = OperationContext.Silent(Address);
    private static readonly Schematic Schematic = new()
    {
        Extensions = ["qemu-guest-agent", "tailscale"],
        KernelArguments = ["net.ifnames=0"],
        Meta = [new MetaValue(10, "{\"hostnames\":[{\"hostname\":\"a\"}]}")],
    };

    private readonly VirtualTime _time = new();
    private readonly ImageFactoryWorld _world = new(new ImageFactoryWorldOptions());
    private readonly HttpMessageHandler _wire;

    public FactoryTests() => _wire = new WorldHandler(_world);

    public void Dispose() => _wire.Dispose();

    [Fact]
    public void A_schematic_is_registered_and_found_and_stays()
    {
        var handler = Handler(_wire);
        handler.IdOf(Request.Desired).ShouldBe(Schematic.Id);
        _time.Run(() => handler.FindExistingAsync(Request, default)).ShouldBeNull();
        _time.Run(() => handler.ReadAsync(Schematic.Id, default)).ShouldBeNull();
        Refused(() => handler.AwaitReadyAsync(Schematic.Id, Quiet, default)).Code.ShouldBe(ProviderErrorCode.NotFound);

        var made = _time.Run(() => handler.CreateAsync(Request, Quiet, default));
        made.Id.ShouldBe(Schematic.Id);
        made.Outputs.ShouldBe(Value.MapOf(("id", Schematic.Id)));
        made.Properties.ShouldBe(Request.Desired);
        _time.Run(() => handler.CreateAsync(Request, Quiet, default)).ShouldBe(made);
        _time.Run(() => handler.FindExistingAsync(Request, default)).ShouldBe(made);
        _time.Run(() => handler.AwaitReadyAsync(made.Id, Quiet, default)).ShouldBe(made);
        _time.Run(() => handler.UpdateAsync(
            new UpdateRequest(made.Id, null, made.Properties, made.Properties), Quiet, default)).ShouldBe(made);
        _time.Run(() => handler.ListOwnedAsync("prod", default)).ShouldBeEmpty();
        _time.Run(async () =>
        {
            await handler.DeleteAsync(new DeleteRequest(made.Id, null, made.Properties), Quiet, default);
            return 0;
        });
        _world.Schematics.ShouldBe([Schematic.Id]);
    }

    [Fact]
    public void What_is_not_known_yet_has_no_id() => Handler(_wire)
        .IdOf(Value.MapOf(("document", new Value.Unknown(Address.Output("id"))))).ShouldBeNull();

    [Fact]
    public void An_id_that_the_factory_computes_otherwise_is_explained()
    {
        using var wire = new Answering(
            201, "{\"id\":\"0000\",\"schematic\":\"owner: alice\\ncustomization: {}\\n\"}");
        Refused(() => Handler(wire).CreateAsync(Request, Quiet, default)).Message.ShouldBe(
            $"the Image Factory gave the schematic the id 0000, and {Schematic.Id} was expected: it understood "
            + "'owner: alice' where 'customization:' was sent");
    }

    [Theory]
    [InlineData(400, "yaml: unmarshal errors:\n  field x not found\n", ProviderErrorCode.Invalid)]
    [InlineData(401, "authentication required to access this schematic\n", ProviderErrorCode.Unauthorized)]
    [InlineData(404, "404 page not found\n", ProviderErrorCode.NotFound)]
    [InlineData(201, "<html>", ProviderErrorCode.Unavailable)]
    public void Refusals_are_told_in_the_factory_s_words(int status, string body, ProviderErrorCode code)
    {
        using var wire = new Answering(status, body);
        var refused = Refused(() => Handler(wire).CreateAsync(Request, Quiet, default));
        refused.Code.ShouldBe(code);
        if (status >= 400)
            refused.Message.ShouldContain(body.Trim().ReplaceLineEndings(" "));
    }

    [Fact]
    public void Releases_and_extensions_are_checked_before_anything_is_made()
    {
        var client = Client(_wire);
        _time.Run(() => FactoryChecks.RunAsync(client, "v1.12.4", ["qemu-guest-agent", "nfs-mount"], default))
            .ShouldBeEmpty();
        _time.Run(() => FactoryChecks.RunAsync(client, "v1.12.4", ["iscsi"], default)).Single().ShouldBe(
            FactoryDiagnostics.NoExtension("iscsi", "v1.12.4", ["siderolabs/iscsi-tools"]));
        _time.Run(() => FactoryChecks.RunAsync(client, "v1.12.99", [], default)).Single().ShouldBe(
            FactoryDiagnostics.NoVersion("v1.12.99", ["v1.12.3", "v1.12.4"]));
    }

    [Theory]
    [InlineData("ftp://example.com")]
    [InlineData("https://user:x@example.com")]
    public void An_endpoint_that_is_none_is_refused(string endpoint) =>
        Should.Throw<ProviderException>(() => Client(_wire, endpoint)).Code.ShouldBe(ProviderErrorCode.Invalid);

    private static CreateRequest Request => new(
        Address, "", new Owner("prod", Address.Hash, 1), SchematicHandler.Desired(Schematic));

    private SchematicHandler Handler(HttpMessageHandler wire) => new(Client(wire));

    private FactoryClient Client(HttpMessageHandler wire, string? endpoint = null) =>
        FactoryClient.Create(new ProviderEnvironment
        {
            Time = _time,
            Random = new NoChance(),
            Transport = wire,
            Guard = FreeWriter.Instance,
            Environment = name => name == "IMAGE_FACTORY_ENDPOINT" ? endpoint : null,
        });

    private ProviderException Refused<T>(Func<Task<T>> action) =>
        Should.Throw<ProviderException>(() => _time.Run(action));

    private sealed class Answering(int status, string body) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(
            new HttpResponseMessage((HttpStatusCode)status)
            {
                Content = new StringContent(body, Encoding.UTF8),
            });
    }

    private sealed class NoChance : IRandomSource
    {
        public double NextDouble() => 0.5;

        public void Fill(Span<byte> bytes) => bytes.Clear();
    }
}
