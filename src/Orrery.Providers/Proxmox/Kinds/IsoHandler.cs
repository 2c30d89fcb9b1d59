using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox.Seeds;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>
/// A small CD image with user data for one machine, which we build and upload: Proxmox VE takes no snippets through its
/// API. Its files are sensitive as a rule, so they are write-only.
/// </summary>
internal sealed class IsoHandler(ProxmoxServices services) : FileHandler(services)
{
    /// <summary>What all such files are called, so that they are told from installers.</summary>
    private const string FileName = "cidata.iso";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/iso",
        Fields = ValueMap.Of(
            ("access", FieldRule.CreateOnly),
            ("node", FieldRule.Replaces), ("storage", FieldRule.Replaces),

            // File names and their texts: user-data, meta-data, network-config.
            ("files", FieldRule.Replaces with { WriteOnly = true })),
        StableOutputs = ["id", "volume", "size"],
        TypicalDuration = TimeSpan.FromSeconds(2),
    };

    public override ResourceKind Kind => Definition;

    protected override IReadOnlyList<string> Contents => ["iso"];

    public static bool IsSeed(string fileName) => fileName == FileName;

    protected override string ContentOf(Value.Map desired) => "iso";

    protected override string FileNameOf(Value.Map desired) => FileName;

    protected override bool IsOfThisKind(string fileName) => IsSeed(fileName);

    protected override async Task<string> MakeAsync(
        CreateRequest request, FileId id, OperationContext operation, CancellationToken cancellation)
    {
        var files = Plain(request.Desired["files"]);
        var image = SeedImage.Build(MachineBody.Map(files).ToValueMap(
            file => file.Key, file => file.Value.AsText() ?? ""));
        using var content = new Parameters().With("content", id.Content).ToContent(id.Name, image);
        var path = $"nodes/{id.Node}/storage/{id.Storage}/upload";
        return await Services.Client.SendAsync(
            new Outgoing(HttpMethod.Post, path, operation, content), ProxmoxJson.Default.EnvelopeString,
            cancellation);
    }

    private static Value Plain(Value value) => value is Value.Sensitive sensitive ? Plain(sensitive.Of) : value;
}
