namespace Orrery.Providers.Machines;

/// <summary>
/// The unit of K3s. Neither enabled nor started by cloud-init: its keys arrive by SSH first. Containers outlive a
/// restart of it (KillMode=process), as K3s itself wants it: https://docs.k3s.io/upgrades/killall.
/// </summary>
internal static class K3sUnit
{
    public const string Name = "k3s.service";

    public const string Text = """
        [Unit]
        Description=Lightweight Kubernetes
        Documentation=https://k3s.io
        Wants=network-online.target
        Requires=orrery-metadata.service orrery-volumes.service
        After=network-online.target orrery-metadata.service orrery-volumes.service

        [Service]
        Type=notify
        KillMode=process
        Delegate=yes
        LimitNOFILE=1048576
        LimitNPROC=infinity
        LimitCORE=infinity
        TasksMax=infinity
        TimeoutStartSec=300
        Restart=always
        RestartSec=5s
        ExecStartPre=-/sbin/modprobe br_netfilter
        ExecStartPre=-/sbin/modprobe overlay
        ExecStart=/usr/local/bin/k3s server

        [Install]
        WantedBy=multi-user.target

        """;
}
