using Orrery.Engine.Ports;
using Orrery.Providers.Machines;
using Orrery.Secrets.Ssh;

namespace Orrery.Providers.Clusters;

/// <summary>Host keys for first contact, on the curve P-256.</summary>
internal sealed class HostKeySource(IKeyMaker keys) : IHostKeySource
{
    public HostKeyPair Make(string comment)
    {
        var pair = SshKeyPair.Generate(keys.For($"host-key {comment}").Fill, comment);
        return new HostKeyPair(pair.ExportPrivateKey(), pair.PublicKey);
    }
}
