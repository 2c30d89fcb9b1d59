using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Proxmox.Kinds;

/// <summary>
/// An image that the node downloads: an installer (content <c>iso</c>) or a disk that machines are filled from
/// (<c>import</c>, PVE 8.2 and newer). The storage's output <c>volume</c> is what machines name.
/// </summary>
internal sealed class ImageHandler(ProxmoxServices services) : FileHandler(services)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "proxmox/image",
        Fields = ValueMap.Of(
            ("access", FieldRule.CreateOnly),
            ("node", FieldRule.Replaces),
            ("storage", FieldRule.Replaces),
            ("content", FieldRule.Replaces),
            ("fileName", FieldRule.Replaces),
            ("url", FieldRule.Replaces with { WriteOnly = true }),

            // What must be there before the address answers.
            ("after", FieldRule.CreateOnly),

            // SHA-256 in hexadecimal digits.
            ("checksum", FieldRule.Replaces with { WriteOnly = true })),
        StableOutputs = ["id", "volume", "size"],
        TypicalDuration = TimeSpan.FromSeconds(30),
    };

    public override ResourceKind Kind => Definition;

    protected override IReadOnlyList<string> Contents => ["import", "iso"];

    protected override string ContentOf(Value.Map desired) => desired["content"].AsText() ?? "";

    protected override string FileNameOf(Value.Map desired) => desired["fileName"].AsText() ?? "";

    protected override bool IsOfThisKind(string fileName) => !IsoHandler.IsSeed(fileName);

    protected override Task<string> MakeAsync(
        CreateRequest request, FileId id, OperationContext operation, CancellationToken cancellation)
    {
        var checksum = request.Desired["checksum"].AsText();
        var parameters = new Parameters().With("content", id.Content).With("filename", id.Name)
            .With("url", request.Desired["url"].AsText())
            .With("checksum", checksum).With("checksum-algorithm", checksum is null ? null : "sha256");
        return Services.Client.StartAsync(
            HttpMethod.Post, $"nodes/{id.Node}/storage/{id.Storage}/download-url", parameters, operation,
            cancellation);
    }
}
