using Orrery.Model.Values;
using Orrery.Providers.Machines;

namespace Orrery.Tests.Providers.Machines;

/// <summary>The machine of the reference platform cosmos, and what its outputs become.</summary>
internal static class MachineScene
{
    public const string OneTimePrivate =
        "-----BEGIN OPENSSH PRIVATE KEY-----\nplanted-one-time-key\n-----END OPENSSH PRIVATE KEY-----\n";

    public static MachineInput Cosmos { get; } = new()
    {
        Hostname = "cosmos-0",
        OneTimeHostKey = new HostKey(Unknown("machine/host-key/cosmos-0", "private"), "ecdsa-sha2-nistp256 AAAAonce"),
        FloatingIp = "49.12.115.123",
        Volumes = [new MachineVolume(Unknown("hetzner/volume/cosmos-0.data-volume", "device"), "/data")],
        K3s = new K3sSettings
        {
            Version = "v1.34.3+k3s3",
            Disable = ["local-storage"],
            LocalStoragePath = "/data/k3s-storage",
            HasToken = true,
            Kept =
            [
                new KeptPath("/data/k3s-storage", "0:0", "0701"),
                new KeptPath("/data/traefik", "65532:65532", "0700"),
                new KeptPath("/data/traefik/acme.json", "65532:65532", "0600", IsFile: true),
                new KeptPath("/data/prometheus", "1000:2000", "0770"),
            ],
            Manifests = ValueMap.Of(("traefik.yaml", "apiVersion: helm.cattle.io/v1\nkind: HelmChartConfig\n")),
        },
    };

    public static Value.Map Known(MachineInput input) => (Value.Map)K3sMachine.Specification(input).Resolve(Output);

    private static Value? Output(OutputReference reference) => reference.Output is "private"
        ? OneTimePrivate
        : "/dev/disk/by-id/scsi-0HC_Volume_4711";

    private static Value.Unknown Unknown(string address, string output)
    {
        ResourceAddress.TryParse($"prod/{address}", out var resource).ShouldBeTrue();
        return new Value.Unknown(resource.Output(output));
    }
}
