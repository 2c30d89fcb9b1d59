using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Secrets.Certificates;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>
/// The certificate authorities of a K3s cluster and our administrator's certificate: with them a rebuilt cluster is the
/// same one to everybody who has a kubeconfig.
/// </summary>
internal sealed class K3sAuthoritiesHandler(KeyFolder folder) : KeyHandler(folder)
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "secret/k3s-authorities",
        Fields = FieldsOf(FieldRule.Replaces),
        StableOutputs = ["id", "serverAuthority", "adminCertificate", "adminKey", "files"],
    };

    public override ResourceKind Kind => Definition;

    protected override ValueMap<string> Make(Value.Map desired, IKeyMaker maker)
    {
        using var serviceKey = maker.RsaKey(K3sAuthorities.ServiceKeyBits);
        return ValueMap.From(K3sAuthorities.Make(maker.EcdsaKey, serviceKey, Folder.Begin, maker.Fill));
    }

    protected override Value.Map OutputsOf(ValueMap<string> texts) => Value.MapOf(
        ("serverAuthority", texts[K3sAuthorities.ServerAuthority]),
        ("adminCertificate", texts[K3sAuthorities.AdminCertificate]),
        ("adminKey", new Value.Sensitive(texts[K3sAuthorities.AdminKey])),
        // What belongs on the machine, by path below K3sAuthorities.Folder.
        ("files", new Value.Map(K3sAuthorities.OnMachine.ToValueMap(
            name => name, name => (Value)new Value.Sensitive(texts[name])))));
}
