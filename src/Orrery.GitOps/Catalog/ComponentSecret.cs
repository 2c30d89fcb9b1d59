using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.GitOps.Catalog;

/// <summary>A Secret of Kubernetes that a component refers to by its name. Its values stand in no tree.</summary>
/// <param name="Name">In the component's namespace.</param>
/// <param name="Data">Where the value of each of its keys comes from.</param>
public sealed record ComponentSecret(string Name, ValueMap<SecretSource> Data)
{
    public static ComponentSecret Of(string name, params ReadOnlySpan<(string Key, SecretSource Source)> data) =>
        new(name, ValueMap.Of(data));
}

/// <summary>Where a secret value comes from.</summary>
public abstract record SecretSource
{
    private SecretSource()
    {
    }

    /// <summary>A password of our making, kept encrypted in the repository like all our keys.</summary>
    /// <param name="Name">Of the key, unique in the cluster, for example <c>grafana</c>.</param>
    public sealed record Password(string Name) : SecretSource
    {
        public const int UsualLength = 24;

        /// <summary>In characters, a multiple of four, for who takes no other.</summary>
        public int Length { get; init; } = UsualLength;
    }

    /// <summary>What signs transfers of the cluster's zone, the same as at the secondary.</summary>
    public sealed record TransferKey : SecretSource;

    /// <summary>What signs changes of the cluster's zone; PowerDNS and who makes changes have it.</summary>
    public sealed record UpdateKey : SecretSource;

    /// <summary>
    /// What the newest token of an API user of Proxmox VE is called: <c>user@realm!name</c>. No secret.
    /// </summary>
    /// <param name="User">As the declaration calls it.</param>
    public sealed record ProxmoxTokenName(string User) : SecretSource;

    /// <summary>The other half of <see cref="ProxmoxTokenName"/>.</summary>
    public sealed record ProxmoxTokenSecret(string User) : SecretSource;

    /// <summary>What the declaration refers to.</summary>
    public sealed record Given(SecretReference From) : SecretSource;

    /// <summary>What is no secret, and is read from the same place as those that are.</summary>
    public sealed record Plain(string Text) : SecretSource;
}
