using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// The certificates that a cluster ordered, with their keys, for the next one: Secrets as JSON by namespace and name.
/// There are none at first; who keeps them there is the cluster's own matter.
/// </summary>
internal sealed class CertificatesHandler(KeyFolder folder) : KeyHandler(folder)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/certificates",
        Fields = FieldsOf(FieldRule.Replaces),
        StableOutputs = ["id"],

        // A lost file is no loss while the cluster is there: it is written again from what that has.
        HasGenerations = false,
    };

    public override ResourceKind Kind => Definition;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker) => ValueMap<string>.Empty;

    /// <summary>Nothing but that the file is there: who puts certificates into clusters reads it then.</summary>
    protected override Value.Map OutputsOf(ValueMap<string> texts) => Value.Map.Empty;
}
