using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines;

/// <summary>What a machine boots from: cloud-config, made from a <see cref="K3sMachine.Specification"/>.</summary>
internal static class UserData
{
    /// <summary>Hetzner's limit: https://docs.hetzner.cloud/reference/cloud#servers-create-a-server.</summary>
    public const int BytesMax = 32 * 1024;

    private const string Header = "#cloud-config\n";

    /// <summary>
    /// The text that is sent. Holds the one-time host key, so it is sensitive as a whole. Throws
    /// <see cref="ProviderErrorCode.Invalid"/> where it is too large.
    /// </summary>
    public static string Render(Value.Map known)
    {
        Invariant.Check(known.IsKnown, "user data is rendered before all of it is known");
        var hint = $": its manifests take {ManifestBytes(known)} bytes of them";
        return Fitting(Write(known), known["hostname"].AsText() ?? "", hint);
    }

    /// <summary>The text, if Hetzner takes it; otherwise a refusal that says whose it is and how large.</summary>
    public static string Fitting(string text, string whose, string hint)
    {
        var size = Encoding.UTF8.GetByteCount(text);
        return size <= BytesMax
            ? text
            : throw new ProviderException(
                ProviderErrorCode.Invalid,
                $"the user data of {whose} takes {size} bytes and Hetzner accepts {BytesMax}{hint}");
    }

    /// <summary>The same for people: what is sensitive or not known yet is named instead of shown.</summary>
    public static string Show(Value.Map specification, bool showsSensitive) =>
        Write((Value.Map)Named(specification, showsSensitive));

    private static string Write(Value.Map known) => Header
        + YamlText.WriteSensitive(CloudConfig.Of(known)).AsText();

    private static Value Named(Value value, bool showsSensitive) => value switch
    {
        Value.Sensitive { Of.IsKnown: true } sensitive when showsSensitive => sensitive.Of,
        Value.Sensitive or Value.Unknown => value.ToString() ?? "",
        Value.List list => Value.ListOf(list.Items.Select(item => Named(item, showsSensitive))),
        Value.Map map => new Value.Map(map.Fields.Map((_, field) => Named(field, showsSensitive))),
        _ => value,
    };

    private static int ManifestBytes(Value.Map known) => known["manifests"] is Value.Map manifests
        ? manifests.Fields.Values.Sum(text => Encoding.UTF8.GetByteCount(text.AsText() ?? ""))
        : 0;
}
