using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Secrets;
using Orrery.Providers.Kubernetes.Configuration;
using Orrery.Providers.Vault;
using Orrery.Secrets.Sops;

namespace Orrery.Cli.Access;

/// <summary>
/// A kubeconfig in a SOPS document, as <see cref="KubeconfigDocument"/> keeps it. It is opened in memory alone, and a
/// document that is not there yet is made by the creation rules.
/// </summary>
internal sealed class SealedKubeconfig(Host host, string shown, string path) : IKubeconfigFile
{
    public string Shown => shown;

    public Kubeconfig Read() =>
        File.Exists(path) ? Read(SecretFile.Read(host, shown, null)) : Kubeconfig.Read("", shown);

    public bool Change(Func<Kubeconfig, Kubeconfig> change)
    {
        if (!File.Exists(path))
        {
            Make(change(Kubeconfig.Read("", shown)));
            return false;
        }

        var file = SecretFile.Read(host, shown, null);
        file.Replace(file.Open(host, keys => KubeconfigDocument.Change(
            new KubeconfigFile(shown, file.Bytes, keys), change, host.Time.GetUtcNow(), host.KeyRandom)));
        return false;
    }

    private Kubeconfig Read(SecretFile file) =>
        file.Open(host, keys => KubeconfigDocument.Read(file.Bytes, shown, keys));

    private void Make(Kubeconfig content)
    {
        var rule = RuleLookup.ForNew(host, shown, path, []);
        var plain = Encoding.UTF8.GetBytes(KubeconfigDocument.TextOf(content));
        var file = new SecretFile(shown, path, SopsFormat.Yaml, []);
        var bytes = file.Try(() =>
            SopsFile.Encrypt(plain, SopsFormat.Yaml, rule, host.Time.GetUtcNow(), host.KeyRandom));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        SecretFile.Write(path, bytes);
    }
}
