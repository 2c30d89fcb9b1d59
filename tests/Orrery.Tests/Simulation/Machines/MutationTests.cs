using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Inspection;

namespace Orrery.Tests.Simulation.Machines;

/// <summary>The user data of cosmos with one mistake each; the inspection of the machine names every one.</summary>
public class MutationTests
{
    private const string Bound = "        if [ \"$waited\" -ge \"$seconds_max\" ]; then";
    private const string FoundFilesystem =
        "      if [ \"$code\" -eq 0 ] && [ \"$found\" = ext4 ]; then\n        return 0\n";
    private const string AnyDisk = "      if true; then\n        mkfs.ext4 -F -q \"$device\"\n        return 0\n";
    private const string Compare = "    sha256sum -c \"$file.sum\"";
    private const string WrongSum = "    sed -i 's/^[0-9a-f]*/" + Zeros + "/' \"$file.sum\"\n";
    private const string Zeros = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The name of the problem, then what is replaced, each followed by its replacement.</summary>
    public static TheoryData<string, string[]> Mutations => new()
    {
        { "wrong-device", ["scsi-0HC_Volume_4711", "scsi-0HC_Volume_4712"] },
        {
            "mount-after-k3s",
            [
                "After=local-fs.target\n    Before=k3s.service", "After=k3s.service",
                "After=network-online.target orrery-metadata.service orrery-volumes.service",
                    "After=network-online.target",
            ]
        },
        { "not-formatted", ["mkfs.ext4 -q \"$device\"", ":"] },
        { "data-destroyed", [FoundFilesystem, AnyDisk] },
        { "wrong-mode", ["/data/traefik 65532:65532 0700", "/data/traefik 65532:65532 0777"] },
        { "wrong-owner", ["/data/traefik/acme.json 65532:65532", "/data/traefik/acme.json 0:0"] },
        { "k3s-started-at-boot", ["    echo ok > \"$state/prepared\"", "    run systemctl start k3s"] },
        { "checksum-mismatch", [Compare, WrongSum + Compare] },
        { "unchecked-download", [Compare, "    :"] },
        { "address-not-configured", ["/etc/netplan/60-floating-ip.yaml", "/etc/netplan/60-floating-ip.txt"] },
        { "metadata-reachable", ["ip daddr 169.254.169.254 drop", "ip daddr 169.254.169.253 drop"] },
        { "secret-in-user-data", ["KUBECONFIG=", "TOKEN=" + CosmosScene.PlantedSecret + "\n    KUBECONFIG="] },
        { "unpinned-version", ["releases/download/v1.34.3%2Bk3s3", "releases/latest/download"] },
        { "wrong-version", ["v1.34.3%2Bk3s3", "v1.34.2%2Bk3s1"] },
        { "unit-failed", ["ExecStart=/usr/local/bin/k3s server", "ExecStart=/usr/local/bin/k3s serve"] },
        { "cloud-init-warning", ["ssh_pwauth: false", "ssh_pwauht: false"] },
        { "cloud-init-error", ["run swapoff -a", "run swappoff -a"] },
    };

    [Theory]
    [MemberData(nameof(Mutations))]
    public void A_mistake_is_named(string problem, string[] edits)
    {
        Problems(Edited(edits)).ShouldContain(problem);
    }

    [Fact]
    public void Without_a_mistake_there_is_nothing_to_name() => Problems(CosmosScene.UserData).ShouldBeEmpty();

    [Fact]
    public void A_wait_without_a_bound_is_shown_with_its_loop()
    {
        var userData = Edited([Bound, "        if false; then", "TimeoutStartSec=300", "TimeoutStartSec=infinity"]);
        var found = MachineInspection.Problems(WithoutVolume(userData).Machine, CosmosScene.Expectation);
        found.Single(problem => problem.Name == "unbounded-wait")
            .Detail.ShouldContain("while [ ! -b \"$device\" ]; do");
    }

    [Fact]
    public void A_bounded_wait_ends_and_says_for_what()
    {
        var driver = WithoutVolume(CosmosScene.UserData);
        MachineInspection.Problems(driver.Machine, CosmosScene.Expectation)
            .ShouldContain(problem => problem.Name == "unit-failed"
                && problem.Detail.Contains("is the volume attached?"));
    }

    private static string Edited(string[] edits)
    {
        var text = CosmosScene.UserData;
        for (var i = 0; i < edits.Length; i += 2)
        {
            text.ShouldContain(edits[i]);
            text = text.Replace(edits[i], edits[i + 1], StringComparison.Ordinal);
        }

        return text;
    }

    // Once on a blank volume and once on one that was used before.
    private static List<string> Problems(string userData) =>
    [
        .. CosmosScene.Inspect(CosmosScene.Started(userData).Driver),
        .. CosmosScene.Inspect(CosmosScene.Started(userData, Used()).Driver),
    ];

    private static VolumeDisk Used()
    {
        var volume = new VolumeDisk(CosmosScene.Volume, 50L * 1000 * 1000 * 1000);
        volume.Format("ext4");
        return volume;
    }

    private static MachineDriver WithoutVolume(string userData)
    {
        var driver = new MachineDriver();
        driver.Boot(userData);
        driver.Park.Connect(MachineDriver.Address)?.Open("root", MachineDriver.Key)?.Run("systemctl start k3s",
            default);
        driver.Wait(3600);
        return driver;
    }
}
