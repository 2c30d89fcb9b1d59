using Orrery.Model.Values;

namespace Orrery.Model.Platforms;

/// <summary>Where a cluster's machines come from: exactly one choice.</summary>
public abstract record Infrastructure
{
    private Infrastructure()
    {
    }

    public sealed record Hetzner : Infrastructure
    {
        public required SecretReference Token { get; init; }

        /// <summary>For example <c>fsn1</c>.</summary>
        public required string Location { get; init; }

        public required SshKey? SshKey { get; init; }

        public required Firewall? Firewall { get; init; }
    }

    public sealed record Proxmox : Infrastructure
    {
        /// <summary>The API's URL, for example <c>https://pve:8006</c>.</summary>
        public required string Endpoint { get; init; }

        /// <summary>Null trusts public authorities.</summary>
        public required ProxmoxTrust? Trust { get; init; }

        /// <summary>Null where <see cref="Bootstrap"/> makes one, which is used before this.</summary>
        public required SecretReference? Token { get; init; }

        /// <summary>Whom to ask over SSH for the API users, for example <c>root@atlas</c>.</summary>
        public required string? Bootstrap { get; init; }

        /// <summary>API users that the bootstrap makes, by name: what each may do.</summary>
        public required ValueMap<ProxmoxRole> Users { get; init; }

        /// <summary>The user whose token we use ourselves; null where <see cref="Token"/> is used.</summary>
        public string? Provisioner => Bootstrap is null
            ? null
            : Users.FirstOrDefault(user => user.Value == ProxmoxRole.Provisioner).Key;

        /// <summary>The user whose token gives disks to pods; null where there is none.</summary>
        public string? Csi => Bootstrap is null
            ? null
            : Users.FirstOrDefault(user => user.Value == ProxmoxRole.Csi).Key;

        /// <summary>The Proxmox nodes that machines are placed on, in turn; at least one.</summary>
        public required ValueList<string> Hosts { get; init; }

        /// <summary>The storage of disks, for example <c>local-lvm</c>.</summary>
        public required string Disks { get; init; }

        /// <summary>The storage of images; it holds files, for example <c>local</c>.</summary>
        public required string Images { get; init; }

        /// <summary>For example <c>vmbr0</c>.</summary>
        public required string Bridge { get; init; }

        /// <summary>Where a machine is: where its pool says, else on the hosts in turn.</summary>
        /// <param name="index">Its place among all machines of the cluster, in order of the pools.</param>
        public string HostOf(NodePool pool, int index) => pool.Host ?? Hosts[index % Hosts.Count];
    }
}

/// <summary>How Proxmox' API is recognised: exactly one of both.</summary>
/// <param name="Fingerprint">SHA-256 of its certificate, in pairs of digits between colons.</param>
/// <param name="Authority">The file of who signed its certificate, beside the declaration.</param>
public sealed record ProxmoxTrust(string? Fingerprint, string? Authority);

/// <summary>What a user of Proxmox' API may do.</summary>
public enum ProxmoxRole
{
    /// <summary>Makes and deletes machines.</summary>
    Provisioner,

    /// <summary>Gives disks to pods.</summary>
    Csi,
}

/// <summary>The key that opens the machines to people. Shared with them: used where it is uploaded already.</summary>
public sealed record SshKey(SecretReference Public, SecretReference? Private);

/// <summary>
/// What may come in, by rule name: <c>ssh</c>, <c>http</c>, <c>https</c>, <c>icmp</c>, <c>kubernetes-api</c>, or a name
/// of the user's own.
/// </summary>
public sealed record Firewall(ValueMap<FirewallRule> Allow);

/// <summary>One kind of traffic and from where; no ports for icmp.</summary>
/// <param name="Protocol">tcp, udp or icmp.</param>
/// <param name="Port">One port or a range, for example <c>443</c> or <c>30000-32767</c>.</param>
/// <param name="From">CIDRs; never empty.</param>
public sealed record FirewallRule(string Protocol, string? Port, ValueList<string> From);
