using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Secrets.Ssh;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// The SSH key with which the cluster's GitOps engine reads the repository. The newest generation is registered; the
/// ones before are kept, and open nothing any more.
/// </summary>
internal sealed class DeployKeyHandler(KeyFolder folder) : KeyHandler(folder)
{
    private const string Private = "id_ecdsa";
    private const string Public = "id_ecdsa.pub";
    private const string Comment = "comment";

    public static ResourceKind Definition { get; } = new()
    {
        Type = $"secret/{KeyNames.Deploy}",
        Fields = FieldsOf(FieldRule.Replaces, (Comment, FieldRule.CreateOnly)),
        StableOutputs = ["id", "publicKey", "privateKey"],
    };

    public override ResourceKind Kind => Definition;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        var pair = SshKeyPair.Generate(maker.Fill, desired[Comment].AsText() ?? "");
        return ValueMap.Of((Private, pair.ExportPrivateKey()), (Public, pair.PublicKey));
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts) =>
        Value.MapOf(("publicKey", WithoutComment(texts[Public])), ("privateKey", new Value.Sensitive(texts[Private])));

    /// <summary>Whoever shows the key later shows it without.</summary>
    private static string WithoutComment(string key) => string.Join(' ', key.Split(' ').Take(2));

    protected override IEnumerable<(string Path, string Text)> PublicFiles(string id, ValueMap<string> texts)
    {
        if (KeyPath.Parse(id) is { } path)
            yield return (path.Beside(".pub"), $"{texts[Public]}\n");
    }
}
