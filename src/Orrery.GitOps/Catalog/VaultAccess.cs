using Orrery.Model.Platforms;

namespace Orrery.GitOps.Catalog;

/// <summary>What the Vault of a cluster is called, and who may do what with it.</summary>
public static class VaultAccess
{
    /// <summary>The namespace and the service of the server.</summary>
    public const string Server = "openbao";

    /// <summary>Where it listens, inside the cluster only.</summary>
    public const int Port = 8200;

    /// <summary>For whom service accounts' tokens must be meant that open it.</summary>
    public const string Audience = "openbao";

    /// <summary>Where the login of service accounts is enabled.</summary>
    public const string Login = "kubernetes";

    /// <summary>The engine that holds the documents.</summary>
    public const string Engine = "secret";

    /// <summary>Our own service account, in the server's namespace, our role and our policy.</summary>
    public const string Orrery = "orrery";

    /// <summary>The service account of External Secrets, its namespace, its role and its policy.</summary>
    public const string Reader = "external-secrets";

    /// <summary>Holds the seal key under <c>key</c>, in the server's namespace.</summary>
    public const string SealSecret = "openbao-seal";

    /// <summary>
    /// What we may do: change documents, and say who else may read them. Nothing else of the server is ours.
    /// </summary>
    public const string OrreryPolicy =
        """
        path "secret/*" {
          capabilities = ["create", "read", "update", "patch", "delete", "list"]
        }
        path "sys/mounts" {
          capabilities = ["read"]
        }
        path "sys/mounts/secret" {
          capabilities = ["create", "read", "update"]
        }
        path "sys/policies/acl/external-secrets" {
          capabilities = ["create", "read", "update", "delete"]
        }
        path "auth/kubernetes/role/external-secrets" {
          capabilities = ["create", "read", "update", "delete"]
        }

        """;

    /// <summary>What External Secrets may do: read documents.</summary>
    public const string ReaderPolicy =
        """
        path "secret/data/*" {
          capabilities = ["read"]
        }
        path "secret/metadata/*" {
          capabilities = ["read", "list"]
        }

        """;

    /// <summary>Whether the cluster has one that anybody delivers.</summary>
    public static bool Has(Cluster cluster) => cluster is { Secrets.Vault: not null, GitOps: not null };
}
