using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Secrets.Certificates;

namespace Orrery.Providers.Talos.Configuration;

/// <summary>
/// The configuration of one machine that runs Talos, as the documents of its version. Equal machines, secrets and
/// patches give equal bytes. <c>ToString</c> shows none of it.
/// </summary>
public sealed record MachineConfiguration
{
    private const string Hidden = "(sensitive)";

    private MachineConfiguration(ValueList<Value> documents) => Documents = documents;

    /// <summary>First the one without a kind, then the others; what is secret in them is sensitive.</summary>
    public ValueList<Value> Documents { get; }

    /// <param name="patches">
    /// Documents of people, merged into ours in this order: for all machines, for the role's, for this one.
    /// </param>
    public static MachineConfiguration Of(
        TalosMachine machine, TalosSecrets secrets, params IEnumerable<IReadOnlyList<Value>> patches)
    {
        Invariant.Check(machine.Version.IsKnown, $"Talos {machine.Version} is checked before");
        ValueList<Value> documents =
        [
            Value.MapOf(
                ("version", "v1alpha1"),
                ("debug", false),
                ("machine", MachineSection.Of(machine, secrets)),
                ("cluster", ClusterSection.Of(machine, secrets))),
            .. NetworkSection.Documents(machine),
            .. VolumeDocuments.Of(machine),
            .. machine.ExtensionServices.Select(service => Service(service.Key, service.Value)),
        ];
        return new MachineConfiguration(patches.Aggregate(documents, StrategicMerge.Apply));
    }

    /// <summary>What the machine is given. Secret.</summary>
    public Value.Sensitive Write() => new(string.Join(
        "---\n", Documents.Select(document => YamlText.WriteSensitive(document).AsText())));

    /// <summary>For people: with <c>(sensitive)</c> in place of each secret.</summary>
    public string WriteRedacted() => YamlText.WriteAll(Documents.Select(Redact));

    public override string ToString() => "(a machine configuration)";

    private static Value.Map Service(string name, ValueMap<Value> environment) => Section.Document(
        "ExtensionServiceConfig",
        ("name", name),
        ("environment", Section.List(environment.Select(Assignment))));

    private static Value Assignment(KeyValuePair<string, Value> variable)
    {
        var text = $"{variable.Key}={variable.Value.AsText()}";
        return variable.Value is Value.Sensitive ? new Value.Sensitive(text) : text;
    }

    private static Value Redact(Value value) => value switch
    {
        Value.Sensitive => Hidden,
        Value.List list => new Value.List(list.Items.Map(Redact)),
        Value.Map map => new Value.Map(map.Fields.Map((_, field) => Redact(field))),
        _ => value,
    };
}
