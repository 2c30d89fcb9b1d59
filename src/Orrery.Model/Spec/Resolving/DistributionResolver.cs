using Orrery.Model.Platforms;
using Orrery.Model.Spec.Fields;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Makes the distribution that a choice means.</summary>
internal static class DistributionResolver
{
    public static Distribution Resolve(Section choice) => choice.Find(DistributionFields.Talos) is { } talos
        ? TalosOf(talos)
        : new Distribution.K3s(choice.Get(DistributionFields.K3s).Get(DistributionFields.K3sVersion));

    private static Distribution.Talos TalosOf(Section spec)
    {
        var encryption = spec.Under(DistributionFields.DiskEncryption);
        var image = spec.Under(DistributionFields.Image);
        return new Distribution.Talos
        {
            Version = spec.Get(DistributionFields.TalosVersion),
            Kubernetes = spec.Get(DistributionFields.Kubernetes),
            Extensions = (spec.Find(DistributionFields.Extensions) ?? [])
                .Distinct().Order(StringComparer.Ordinal).ToValueList(),
            SecureBoot = spec.Get(DistributionFields.SecureBoot),
            EncryptsState = encryption.Get(DistributionFields.EncryptState) == "tpm",
            EncryptsEphemeral = encryption.Get(DistributionFields.EncryptEphemeral) == "tpm",
            Image = new TalosImage(
                image.Get(DistributionFields.ImagePlatform),
                image.Get(DistributionFields.ImageFormat),
                image.Get(DistributionFields.ImageNetwork) == "meta"),
        };
    }
}
