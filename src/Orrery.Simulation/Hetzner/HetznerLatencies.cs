using Orrery.Model.Values;

namespace Orrery.Simulation.Hetzner;

/// <summary>
/// How long the simulated cloud works on requests and actions. Hetzner publishes no such figures: each has its source
/// beside it, and "assumed" where nobody wrote one down. What comes of them is simulated, not measured.
/// </summary>
public sealed record HetznerLatencies
{
    // Assumed: a plain database look-up behind a gateway.
    public TimeSpan Read { get; init; } = TimeSpan.FromMilliseconds(60);

    // Assumed.
    public TimeSpan List { get; init; } = TimeSpan.FromMilliseconds(90);

    // Assumed: most of it is validation and queueing; the work is the action's.
    public TimeSpan Change { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Each time varies by up to this share, up or down. Assumed.</summary>
    public double Jitter { get; init; } = 0.1;

    /// <summary>An action that is told to be slow takes this many times as long.</summary>
    public int SlowFactor { get; init; } = 10;

    /// <summary>By the action's command.</summary>
    public ValueMap<TimeSpan> Actions { get; init; } = ValueMap.Of<TimeSpan>(
        // From 2.2 s (github.com/hetznercloud/cli/issues/1092, a small type without start) to 60-90 s on average
        // (ansible-collections/hetzner.hcloud, plugins/modules/server.py). A walkthrough of 2026 with a cx23 in nbg1
        // shows 28 s for creating and starting together: split here as 14 + 14.
        ("create_server", TimeSpan.FromSeconds(14)),
        ("start_server", TimeSpan.FromSeconds(14)),
        // A public transcript of `hcloud server delete` shows 11 s.
        ("delete_server", TimeSpan.FromSeconds(11)),
        // Assumed: the power is cut at once.
        ("stop_server", TimeSpan.FromSeconds(2)),
        // The action ends when the ACPI signal is sent (contract, shutdown_server). Assumed: one second.
        ("shutdown_server", TimeSpan.FromSeconds(1)),
        // Assumed: the signal, then the machine's own way down and up (GuestShutdown and start_server).
        ("reboot_server", TimeSpan.FromSeconds(1)),
        ("reset_server", TimeSpan.FromSeconds(2)),
        // Assumed: like creating.
        ("rebuild_server", TimeSpan.FromSeconds(14)),
        // Assumed; a volume is usable a few seconds after the request.
        ("create_volume", TimeSpan.FromSeconds(3)),
        // Hetzner's CSI driver sleeps 3 s before it first asks, as the attachment may be done by then
        // (github.com/hetznercloud/csi-driver, internal/api/volume.go).
        ("attach_volume", TimeSpan.FromSeconds(3)),
        // Assumed: like attaching.
        ("detach_volume", TimeSpan.FromSeconds(3)),
        ("resize_volume", TimeSpan.FromSeconds(3)),
        // The contract's examples show these finished at once; assumed: one second.
        ("assign_floating_ip", TimeSpan.FromSeconds(1)),
        ("unassign_floating_ip", TimeSpan.FromSeconds(1)),
        ("assign_primary_ip", TimeSpan.FromSeconds(1)),
        ("unassign_primary_ip", TimeSpan.FromSeconds(1)),
        ("create_primary_ip", TimeSpan.FromSeconds(1)),
        ("set_firewall_rules", TimeSpan.FromSeconds(1)),
        ("apply_firewall", TimeSpan.FromSeconds(1)),
        ("remove_firewall", TimeSpan.FromSeconds(1)),
        ("change_protection", TimeSpan.Zero),
        ("change_dns_ptr", TimeSpan.Zero));

    /// <summary>From the ACPI signal until the machine is off. Assumed: a systemd machine with few services.</summary>
    public TimeSpan GuestShutdown { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How far back a stale list looks. Assumed: replicas lag by seconds, not by minutes.
    /// </summary>
    public TimeSpan Staleness { get; init; } = TimeSpan.FromSeconds(10);
}
