using Orrery.GitOps.Catalog.Charts;
using Orrery.GitOps.Manifests;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog.Programs;

/// <summary>
/// A database of PostgreSQL for one component: of the cluster's operator where one is declared, else a program of ours.
/// Charts bring their own too, but take the password as a value.
/// </summary>
/// <param name="Owner">The component; database and user are called so, too.</param>
/// <param name="Namespace">The component's.</param>
internal sealed record Database(string Owner, string Namespace)
{
    private const string Operator = "cloudnative-pg";
    private const string Size = "8Gi";

    // The user of the image: https://github.com/docker-library/postgres.
    private const string Image = "docker.io/library/postgres:17.11-bookworm";
    private const int User = 999;
    private const string Folder = "/var/lib/postgresql/data";
    private const int Port = 5432;

    /// <summary>The Secret with its password, under <c>password</c>.</summary>
    public string Secret => $"{Owner}-database";

    /// <summary>Of the Service.</summary>
    public string Host(Setting setting) => setting.Component(Operator) is null ? Secret : $"{Secret}-rw";

    public SecretSource Password => new SecretSource.Password(Secret);

    public CatalogComponent Of(Setting setting)
    {
        var component = new CatalogComponent
        {
            Name = Secret,
            Namespace = Namespace,
            By = DeliveredBy.GitOps,
            Secrets =
            [
                ComponentSecret.Of(
                    Secret, ("database", new SecretSource.Plain(Owner)), ("password", Password),
                    ("username", new SecretSource.Plain(Owner))),
            ],
            Requires = StorageCharts.ClaimsOf(setting),
        };
        return setting.Component(Operator) is null
            ? component with { Objects = Program.Objects }
            : component with
            {
                Objects = ValueMap.Of(("cluster.yaml", Cluster)),
                Requires =
                [
                    .. component.Requires,
                    new Capability(CapabilityKind.Crd, "clusters.postgresql.cnpg.io", "it is one of them"),
                    new Capability(CapabilityKind.Webhook, "clusters.postgresql.cnpg.io"),
                ],
            };
    }

    /// <summary>https://cloudnative-pg.io/documentation/current/bootstrap/</summary>
    private Value.Map Cluster => Manifest.Of(
        "postgresql.cnpg.io/v1", "Cluster", Secret, Namespace,
        ("spec", Value.MapOf(
            ("bootstrap", Value.MapOf(("initdb", Value.MapOf(
                ("database", Owner), ("owner", Owner), ("secret", Value.MapOf(("name", Secret))))))),
            ("instances", 1),
            ("storage", Value.MapOf(("size", Size))))));

    private OwnProgram Program => new()
    {
        Name = Secret,
        Namespace = Namespace,
        Image = Image,
        User = User,
        // A volume's own file system has a folder of its own at the top.
        Settings = ValueMap.Of(("PGDATA", $"{Folder}/pgdata")),
        Variables = ValueMap.Of(
            ("POSTGRES_DB", (Secret, "database")), ("POSTGRES_PASSWORD", (Secret, "password")),
            ("POSTGRES_USER", (Secret, "username"))),
        Data = (Folder, Size),
        Services = [new OwnService(Secret, [new OwnPort("postgres", Port, Port)])],
    };
}
