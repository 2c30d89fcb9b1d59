using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec.Fields;

/// <summary>The fields of <c>state</c>, <c>backup</c> and <c>vault</c>.</summary>
internal static class StateFields
{
    public static readonly Field<Section> S3 = new("s3", Shapes.S3, "In an S3 bucket.");

    public static readonly Field<TimeSpan> Every = new("every", Shapes.Duration, "How often.")
    {
        Default = "24h",
    };

    public static readonly ObjectShape State = new ChoiceShape("State", "the place of the state", S3);

    public static readonly Field<Section> BackupTarget = new(
        "s3", Shapes.S3, "The bucket the copies go to.")
    {
        Required = true,
    };

    public static readonly Field<Section> BackupState = new(
        "state",
        new ObjectShape("StateBackup", "the backup of the state", BackupTarget, Every),
        "Copies of the state.");

    public static readonly ObjectShape Backup = new("Backup", "the backup", BackupState);

    public static readonly Field<string> VaultCluster = new(
        "cluster", Shapes.Name, "The cluster that Vault runs in.")
    {
        Required = true,
    };

    public static readonly Field<string> VaultSync = new(
        "sync", Shapes.RelativePath, "The folder of SOPS documents that is copied to Vault.")
    {
        Example = "secrets/",
    };

    public static readonly Field<string> VaultKubeconfigs = new(
        "kubeconfigs", Shapes.Name, "The secret store that kubeconfigs are published through.");

    public static readonly ObjectShape Vault = new("Vault", "the Vault", VaultCluster, VaultSync, VaultKubeconfigs);
}
