using System.Reflection;
using Orrery.Tests.Providers.ImageFactory;
using Orrery.Tests.Providers.Proxmox;
using Orrery.Tests.Providers.Talos;
using Orrery.Tests.Rehearsal;
using Orrery.Tests.Simulation.Talos;
using Orrery.Tests.Tidy;

namespace Orrery.Tests.Providers.Traps;

/// <summary>
/// The traps of Proxmox VE and Talos that people have fallen into, and which test holds each: that it is told, or that
/// it cannot happen. A test that is renamed or taken away is missed here.
/// </summary>
public sealed class KnownTrapsTests
{
    /// <summary>The trap, and its test; or its code, and the declaration that provokes it.</summary>
    private static readonly (string Trap, Type Tests, string Name)[] Held =
    [
        ("clones on one storage fail on its lock", typeof(MachineTests),
            nameof(MachineTests.Twenty_clones_on_one_storage_never_fail_on_its_lock)),
        ("imports on one storage fail on its lock", typeof(ProxmoxTrapsTests),
            nameof(ProxmoxTrapsTests.Twenty_machines_from_one_image_on_one_storage_never_fail_on_its_lock)),
        ("a VMID is reserved by nobody", typeof(MachineTests),
            nameof(MachineTests.A_number_that_somebody_takes_between_question_and_request_is_left_to_him)),
        ("a lock outlives who took it", typeof(MachineTests),
            nameof(MachineTests.A_stale_lock_is_named_with_what_to_do_about_it)),
        ("LVM-thin takes sizes without a unit", typeof(ProxmoxTrapsTests),
            nameof(ProxmoxTrapsTests.The_size_of_a_new_disk_has_no_unit_and_one_with_a_unit_is_refused)),
        ("Talos ignores the power button", typeof(ProxmoxTrapsTests),
            nameof(ProxmoxTrapsTests.Nothing_presses_the_power_button_of_a_machine)),
        ("a machine takes its disks with it", typeof(RetainedDiskTests),
            nameof(RetainedDiskTests.The_bytes_of_a_retained_disk_are_those_of_before_after_a_rebuild)),
        ("a clone takes no tags", typeof(MachineTests),
            nameof(MachineTests.A_clone_becomes_what_was_declared_though_its_request_takes_no_tags)),
        ("the API takes no snippets", typeof(ProxmoxTrapsTests),
            nameof(ProxmoxTrapsTests.User_data_travels_as_a_CD_of_ours_and_never_as_a_snippet)),
        ("LVM and ZFS hold no files", typeof(CapacityTests),
            nameof(CapacityTests.A_storage_that_does_not_hold_that_is_told)),
        ("VM.Monitor is gone", typeof(AccountsTests),
            nameof(AccountsTests.No_role_has_a_privilege_that_is_gone_in_Proxmox_9)),
        ("tokens are made anew on each plan", typeof(ProxmoxBootstrapTests),
            nameof(ProxmoxBootstrapTests.The_lifecycle_converges_and_makes_each_token_once)),
        ("secrets stand in commands", typeof(AccountsTests),
            nameof(AccountsTests.The_secret_stands_in_no_argument)),
        ("hosts are filled beyond what they have", typeof(CapacityTests),
            nameof(CapacityTests.What_does_not_fit_is_told_with_its_figures)),
        ("a serial port has no memory", typeof(SerialConsoleTests),
            nameof(SerialConsoleTests.What_was_written_before_anybody_listened_is_not_told_again)),
        ("the installer is not the ISO", typeof(TalosTrapsTests),
            nameof(TalosTrapsTests.The_installer_carries_the_schematic_that_the_machine_booted_with)),
        ("the stock installer loses the extensions", typeof(TalosNodeTests),
            nameof(TalosNodeTests.Without_an_installer_of_the_schematic_the_extensions_are_lost)),
        ("an ISO that stays in halts the machine", typeof(TalosNodeTests),
            nameof(TalosNodeTests.A_machine_that_boots_its_ISO_again_halts)),
        ("JSON patches are deprecated", typeof(TalosTrapsTests), nameof(TalosTrapsTests.A_JSON_patch_is_told)),
        ("documents of newer versions", typeof(TalosTrapsTests),
            nameof(TalosTrapsTests.Documents_of_their_own_stand_only_where_the_version_knows_them)),
        ("META is read on metal only", typeof(MetaNetworkTests),
            nameof(MetaNetworkTests.On_any_platform_but_metal_it_would_not_be_read)),
        ("eth0 breaks the VIP", typeof(TalosTrapsTests),
            nameof(TalosTrapsTests.A_VIP_stands_on_the_physical_card_or_on_one_told_by_its_address)),
        ("DHCP gives another host name", typeof(TalosTrapsTests),
            nameof(TalosTrapsTests.The_host_name_stands_in_exactly_one_place_and_nothing_else_makes_one)),
        ("extra manifests come back with an upgrade", typeof(KnownTrapsTests),
            nameof(No_configuration_names_manifests_that_an_upgrade_would_apply_again)),
        ("kube-proxy is not there", typeof(TalosTrapsTests),
            nameof(TalosTrapsTests.Cilium_without_kube_proxy_reaches_the_API_server_through_KubePrism)),
        ("a talosconfig without endpoints", typeof(TalosTrapsTests),
            nameof(TalosTrapsTests.A_talosconfig_without_endpoints_cannot_be_written)),
        ("even control planes", typeof(TalosTrapsTests),
            nameof(TalosTrapsTests.Two_control_planes_are_told_to_be_no_safer_than_one)),
        ("a disk that is too small", typeof(DeclaredMachinesTests),
            nameof(DeclaredMachinesTests.What_can_be_said_against_a_cluster_is_said_at_once)),
        ("somebody stands in for a new machine", typeof(TalosNodeTests),
            nameof(TalosNodeTests.A_machine_with_another_fingerprint_gets_no_configuration)),
        ("the factory serves only what it was told", typeof(FactoryTests),
            nameof(FactoryTests.A_schematic_is_registered_and_found_and_stays)),
        ("extensions that are missing", typeof(SchematicTests),
            nameof(SchematicTests.What_a_component_needs_of_the_image_is_told_when_it_is_missing)),
        ("whoever signs with Ed25519", typeof(TalosNodeTests),
            nameof(TalosNodeTests.A_client_of_an_authority_on_Ed25519_is_known)),
    ];

    /// <summary>What is told from the declaration alone, and its case in Golden/Invalid.</summary>
    private static readonly (string Code, string Case)[] Told =
    [
        ("CHECK001", "even-control-planes"), ("CHECK014", "machines-without-extensions"),
        ("CHECK029", "kubernetes-too-new-for-talos"), ("CHECK030", "meta-network-off-metal"),
        ("CHECK033", "unknown-proxmox-node"), ("CHECK034", "control-plane-too-small"),
        ("CHECK042", "proxmox-without-access"),
    ];

    public static TheoryData<string> Traps => [.. Held.Select(row => row.Trap)];

    public static TheoryData<string, string> Cases
    {
        get
        {
            var cases = new TheoryData<string, string>();
            foreach (var (code, name) in Told)
                cases.Add(code, name);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Traps))]
    public void A_trap_is_held_by_a_test_that_runs(string trap)
    {
        var (_, tests, name) = Held.Single(row => row.Trap == trap);

        var fact = tests.GetMethod(name)?.GetCustomAttributes<FactAttribute>().SingleOrDefault();

        fact.ShouldNotBeNull();
        fact.Skip.ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_trap_of_a_declaration_is_told_by_its_code(string code, string name) =>
        File.ReadAllText(Path.Combine(Golden.Folder("Invalid"), name, "expected.txt")).ShouldContain($"[{code}]");

    /// <summary>
    /// Since 1.13 an upgrade of Kubernetes applies them once more, over what GitOps has made of them.
    /// </summary>
    [Fact]
    public void No_configuration_names_manifests_that_an_upgrade_would_apply_again() =>
        SourceTree.Files("src/Orrery.Providers/Talos", ".cs")
            .Where(path => SourceTree.Read(path).Contains("\"extraManifests\"", StringComparison.Ordinal))
            .ShouldBeEmpty();
}
