using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Kinds;

/// <summary>The fields of the kind Platform: what all clusters share.</summary>
internal static class PlatformKind
{
    public static readonly Field<string> Id = new(
        "id", Shapes.Name, "Marks all that the platform makes; the name and a checksum of the repository by default.")
    {
        Example = "cosmos-5f0c2a91",
    };

    public static readonly Field<Section> Repository = new(
        "repository", RepositoryFields.Shape, "The Git repository that the platform lives in.")
    {
        Example = "{ url: https://github.com/example/platform }",
        Required = true,
    };

    public static readonly Field<ValueList<string>> Recipients = new(
        "recipients",
        new ListShape<string>(new TextShape<string>(Forms.Recipient), 1),
        "Who can open the state and the secrets: age recipients. Two are better, for one can be lost.")
    {
        Required = true,
        Example = "[age1...]",
    };

    public static readonly Field<SecretReference> Identity = new(
        "identity", Shapes.Secret, "The age identity of one of the recipients; it never enters a cluster.")
    {
        Required = true,
        Example = "{ env: ORRERY_IDENTITY }",
    };

    public static readonly Field<Section> Recovery = new(
        "recovery",
        new ObjectShape("Recovery", "the recovery root", Recipients, Identity),
        "The one root that unlocks everything.")
    {
        Example = "{ recipients: [age1...], identity: { env: ORRERY_IDENTITY } }",
        Required = true,
    };

    public static readonly Field<string> Domain = new("domain", Shapes.Domain, "The domain below which names are made.")
    {
        Example = "example.org",
    };

    public static readonly Field<Section> Infrastructure = new(
        "infrastructure",
        InfrastructureFields.Shape,
        "Where the machines of clusters come from that do not say so themselves.");

    public static readonly Field<Section> Acme = new(
        "acme", AcmeFields.Shape, "Certificates from Let's Encrypt.");

    public static readonly Field<Section> Dns = new("dns", DnsFields.Shape, "Where DNS records are made.")
    {
        NotYet = Unbuilt.Dns,
    };

    public static readonly Field<Section> State = new("state", StateFields.State, "Where the state is kept.")
    {
        NotYet = Unbuilt.StateBackEnd,
    };

    public static readonly Field<Section> Backup = new("backup", StateFields.Backup, "Copies of the state elsewhere.")
    {
        NotYet = Unbuilt.Backup,
    };

    public static readonly Field<Section> Vault = new("vault", StateFields.Vault, "A Vault that secrets are copied to.")
    {
        NotYet = Unbuilt.Vault,
    };

    public static readonly Field<string> Hub = new(
        "hub", Shapes.Name, "The cluster that metrics, logs and traces of all clusters go to.")
    {
        Required = true,
    };

    public static readonly Field<Section> Observability = new(
        "observability", new ObjectShape("Observability", "the observability", Hub), "Where clusters are observed.")
    {
        NotYet = Unbuilt.Observability,
    };

    public static readonly Field<string> UserEmail = new("email", Shapes.Email, "The user's address.")
    {
        Required = true,
    };

    public static readonly Field<ValueList<string>> UserGroups = new(
        "groups", Shapes.Texts, "The groups the user is in.");

    public static readonly Field<ValueList<Named<Section>>> Users = new(
        "users",
        Shapes.ByName(new ObjectShape("User", "a user", UserEmail, UserGroups)),
        "People with an account in the clusters' Authentik; their passwords are generated and kept as secrets.");

    public static readonly Kind Kind = new(
        "Platform",
        "What all clusters of a platform share. A declaration has exactly one.",
        new ObjectShape(
            "Platform",
            "a platform",
            Id,
            Repository,
            Recovery,
            Domain,
            Infrastructure,
            Acme,
            Dns,
            State,
            Backup,
            Vault,
            Observability,
            Users));
}
