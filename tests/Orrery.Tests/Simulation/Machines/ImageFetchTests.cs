using Orrery.Providers.Machines.Kinds;
using Orrery.Providers.Ssh;

namespace Orrery.Tests.Simulation.Machines;

/// <summary>Images that a machine fetches before its K3s starts.</summary>
public class ImageFetchTests
{
    private const string Store = "/var/lib/rancher/k3s/agent/containerd";

    private static readonly string[] Images =
        ["quay.io/example/a:1", "quay.io/example/b:1", "quay.io/example/c:1", "quay.io/example/d:1", "example/e:1"];

    [Fact]
    public void They_come_into_the_store_of_a_K3s_that_does_not_run_and_nothing_else_is_left()
    {
        var (driver, _) = CosmosScene.Booted(CosmosScene.UserData);
        var begin = driver.Agenda.Now;

        driver.Ssh(Fetch([.. Images, "-bad"])).Output.ShouldBe("not fetched: -bad\n");

        (driver.Agenda.Now - begin).TotalSeconds.ShouldBeInRange(16, 18);
        Images.ShouldAllBe(image => driver.Machine.Containerd.Has(Store, image));
        IsLeft(driver).ShouldBeFalse();
        driver.K3s.Starts.ShouldBeEmpty();
    }

    [Fact]
    public void Fetched_again_they_are_there_already()
    {
        var (driver, _) = CosmosScene.Booted(CosmosScene.UserData);
        driver.Ssh(Fetch(Images));
        var begin = driver.Agenda.Now;

        driver.Ssh(Fetch(Images)).ShouldBe((0, "", ""));

        (driver.Agenda.Now - begin).TotalSeconds.ShouldBeLessThan(2);
    }

    [Fact]
    public void A_K3s_that_starts_meanwhile_finds_its_store_free()
    {
        var (driver, _) = CosmosScene.Booted(CosmosScene.UserData);
        driver.Ssh("install -m 0600 /dev/stdin /etc/rancher/k3s/token", "secret-token\n").ExitCode.ShouldBe(0);
        var session = driver.Park.Connect(MachineDriver.Address)?.Open("root", MachineDriver.Key).ShouldNotBeNull();
        var fetching = session!.Run(Fetch(Images), default);
        driver.Wait(10);
        driver.Machine.Containerd.Has(Store, Images[0]).ShouldBeTrue();

        driver.Ssh("systemctl start k3s").ExitCode.ShouldBe(0);

        fetching.IsDone.ShouldBeTrue();
        driver.Machine.Containerd.Has(Store, Images[^1]).ShouldBeFalse();
        driver.Ssh("kubectl get --raw /readyz").ShouldBe((0, "ok", ""));
        IsLeft(driver).ShouldBeFalse();
        driver.Ssh(Fetch(Images)).ShouldBe((0, "", ""));
        driver.Machine.Containerd.Has(Store, Images[^1]).ShouldBeFalse();
    }

    [Fact]
    public void A_fetching_that_its_machine_did_not_survive_is_repeated()
    {
        var (driver, _) = CosmosScene.Booted(CosmosScene.UserData);
        var session = driver.Park.Connect(MachineDriver.Address)?.Open("root", MachineDriver.Key).ShouldNotBeNull();
        session!.Run(Fetch(Images), default);
        driver.Wait(10);
        driver.Ssh("reboot");
        driver.Wait(120);

        driver.Ssh(Fetch(Images)).ShouldBe((0, "", ""));

        Images.ShouldAllBe(image => driver.Machine.Containerd.Has(Store, image));
    }

    private static string Fetch(string[] images) => SshScript.Of(PreparedTasks.FetchImages.Script, images);

    private static bool IsLeft(MachineDriver driver) => driver.Ssh("systemctl is-active orrery-images").ExitCode == 0
        || driver.Machine.PermissionsOf("/run/systemd/system/orrery-images.service") is not null;
}
