using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Secrets.Age;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// The cluster's own age identity, which opens what people keep for it in <c>secrets/&lt;cluster&gt;/</c> and nothing
/// else. Its recipient stands in clear beside that, so that people can encrypt without us.
/// </summary>
internal sealed class ClusterIdentityHandler(KeyFolder folder) : KeyHandler(folder)
{
    /// <summary>The name of the public part among the texts of the file.</summary>
    public const string Recipient = "recipient";

    private const string Identity = "identity";

    public static ResourceKind Definition { get; } = new()
    {
        Type = $"secret/{KeyNames.ClusterIdentity}",
        Fields = FieldsOf(FieldRule.Replaces),
        StableOutputs = ["id", Identity, Recipient],
    };

    public override ResourceKind Kind => Definition;

    /// <summary>Whom such a key's file is the identity of; null for other kinds.</summary>
    public static string? RecipientOf(string type, KeyFile file) =>
        type == Definition.Type ? file.Texts[Recipient] : null;

    public static ValueMap<string> New(IKeyMaker maker)
    {
        var identity = AgeIdentity.Generate(maker.Fill);
        return ValueMap.Of((Identity, identity.Export()), (Recipient, $"{identity.Recipient}"));
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts) =>
        Value.MapOf((Recipient, texts[Recipient]), (Identity, new Value.Sensitive(texts[Identity])));

    public static (string Path, string Text) Published(string folder, ValueMap<string> texts) =>
        ($"{folder}/age-recipient.txt", $"{texts[Recipient]}\n");

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker) => New(maker);

    protected override (string Path, string Text)? NewestPublished(string folder, ValueMap<string> texts) =>
        Published(folder, texts);
}
