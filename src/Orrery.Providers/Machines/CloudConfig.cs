using Orrery.Model.Documents;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines;

/// <summary>
/// A machine's specification in cloud-init's words: https://cloudinit.readthedocs.io/en/latest/reference/modules.html.
/// </summary>
internal static class CloudConfig
{
    private const string ManifestFolder = "/var/lib/rancher/k3s/server/manifests";

    // Hetzner's own time servers: https://docs.hetzner.com/robot/dedicated-server/network/ntp-server.
    private static readonly Value TimeServers =
        Value.ListOf(["ntp1.hetzner.de", "ntp2.hetzner.com", "ntp3.hetzner.net"]);

    public static Value.Map Of(Value.Map known) => Value.MapOf(
        ("hostname", known["hostname"]),
        ("preserve_hostname", false),
        ("disable_root", false),
        ("ssh_pwauth", false),

        // With these keys given, cloud-init makes none; those of the image go.
        ("ssh_deletekeys", true),
        ("ssh_keys", Value.MapOf(
            ("ecdsa_private", ((Value.Map)known["hostKey"])["private"]),
            ("ecdsa_public", ((Value.Map)known["hostKey"])["public"]))),
        ("ntp", Value.MapOf(("enabled", true), ("servers", TimeServers))),

        // Versions are ours to choose; what the image brings is enough.
        ("package_update", false),
        ("package_upgrade", false),
        ("write_files", Value.ListOf(Files(known))),
        ("runcmd", Value.ListOf([Prepare(known)])));

    private static IEnumerable<Value> Files(Value.Map known)
    {
        var k3s = (Value.Map)known["k3s"];
        yield return Appended("/etc/environment", $"KUBECONFIG={K3sMachine.KubeconfigPath}\n");
        if (known["floatingIp"].AsText() is { } ip)
            yield return File("/etc/netplan/60-floating-ip.yaml", "0600", YamlText.Write(FloatingIpNetwork.Of(ip)));
        yield return File("/etc/rancher/k3s/config.yaml", "0600", YamlText.Write(k3s["config"]));
        yield return File("/etc/orrery/metadata.nft", "0644", MetadataGuard.Rules);
        yield return File("/etc/systemd/system/orrery-metadata.service", "0644", MetadataGuard.Unit);
        yield return File("/etc/systemd/system/orrery-volumes.service", "0644", VolumesUnit.Of(known));
        yield return File("/etc/systemd/system/k3s.service", "0644", K3sUnit.Text);
        foreach (var name in MachineScript.Names)
            yield return File(MachineScript.PathOf(name), "0755", MachineScript.Read(name));
        foreach (var (name, text) in ((Value.Map)known["manifests"]).Fields)
            yield return File($"{ManifestFolder}/{name}", "0600", text);
    }

    private static Value Prepare(Value.Map known) => Value.ListOf(
    [
        MachineScript.PathOf("prepare"),
        Releases.K3s(((Value.Map)known["k3s"])["version"].AsText() ?? ""),
        Releases.K9s(known["k9s"].AsText() ?? ""),
    ]);

    private static Value File(string path, string mode, Value content) =>
        Value.MapOf(("path", path), ("owner", "root:root"), ("permissions", mode), ("content", content));

    private static Value Appended(string path, string content) =>
        Value.MapOf(("path", path), ("append", true), ("content", content));
}
