using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Primitives;

namespace Orrery.Secrets.Sops.Keys;

/// <summary>
/// The key of a document's values, and how it stands in the metadata: wrapped for each key of each group.
/// </summary>
internal static class DataKey
{
    public const int Bytes = LongNonceGcm.KeyBytes;

    /// <summary>The groups with the data key, or with a share of it for each group, wrapped.</summary>
    public static IReadOnlyList<IReadOnlyList<SopsKey>> Wrap(
        ReadOnlySpan<byte> dataKey, IReadOnlyList<IReadOnlyList<SopsKey>> groups, int threshold, FillRandom random)
    {
        if (groups.Count == 0 || groups.Any(group => group.Count == 0))
            throw new SopsException(SopsFailure.Rules, "there is a key group without a key, so nobody could read it");
        if (groups.SelectMany(group => group).OfType<SopsKey.Foreign>().FirstOrDefault() is { } foreign)
        {
            throw new SopsException(
                SopsFailure.Rules, $"the data key must be wrapped for {foreign.Name}, which orrery cannot do");
        }

        if (groups.Count == 1)
            return [WrapGroup(dataKey, groups[0], random)];
        if (threshold == 0)
            threshold = groups.Count;
        if (threshold < 2 || threshold > groups.Count)
        {
            throw new SopsException(
                SopsFailure.Rules,
                $"shamir_threshold is {threshold}, and {groups.Count} groups allow 2 to {groups.Count}");
        }

        var shares = SecretSharing.Split(dataKey, groups.Count, threshold, random);
        return [.. groups.Zip(shares, (group, share) => WrapGroup(share, group, random))];
    }

    /// <summary>The data key, with as many groups as are needed.</summary>
    public static byte[] Unwrap(SopsMetadata metadata, IReadOnlyCollection<IKeyHolder> identities)
    {
        if (metadata.Groups.Count == 0)
            throw new SopsException(SopsFailure.Metadata, "the metadata cannot be used: it names no key");

        var shares = metadata.Groups.Select(group => UnwrapGroup(group, identities)).OfType<byte[]>().ToArray();
        var isShared = metadata.Groups.Count > 1;
        var needed = !isShared ? 1 : metadata.Threshold == 0 ? metadata.Groups.Count : metadata.Threshold;
        if (shares.Length < needed)
            throw NoKey(metadata, shares.Length, needed);
        var key = isShared ? SecretSharing.Combine(shares) : shares[0];
        if (key?.Length != Bytes)
            throw new SopsException(SopsFailure.DataKey, "the data key was changed after it was written");
        return key;
    }

    private static SopsException NoKey(SopsMetadata metadata, int opened, int needed)
    {
        var keys = metadata.Groups.SelectMany(group => group).ToArray();
        var recipients = keys.OfType<SopsKey.Age>().Select(key => key.Recipient).ToArray();
        var others = keys.OfType<SopsKey.Foreign>().Select(key => key.Name).Distinct(StringComparer.Ordinal).ToArray();
        var groups = metadata.Groups.Count > 1
            ? $"; {opened} of its {metadata.Groups.Count} key groups open, and {needed} must" : "";
        if (recipients.Length == 0)
        {
            return new SopsException(
                SopsFailure.NoKey,
                $"only {string.Join(" and ", others)} can open it, which orrery recognises and cannot use{groups}");
        }

        var also = others.Length > 0 ? $", and to {string.Join(" and ", others)}, which orrery cannot use" : "";
        return new SopsException(
            SopsFailure.NoKey,
            $"no identity at hand opens it: it is encrypted to {string.Join(", ", recipients)}{also}{groups}");
    }

    private static SopsKey[] WrapGroup(ReadOnlySpan<byte> share, IReadOnlyList<SopsKey> group, FillRandom random)
    {
        var wrapped = new SopsKey[group.Count];
        for (var i = 0; i < group.Count; i++)
        {
            var key = (SopsKey.Age)group[i];
            if (!AgeRecipient.TryParse(key.Recipient, out var recipient))
                throw new SopsException(SopsFailure.Rules, $"{key.Recipient} is no age recipient of a known kind");
            wrapped[i] = key with { Enc = Armor.Encode(AgeFile.Encrypt(share, [recipient], random)) };
        }

        return wrapped;
    }

    private static byte[]? UnwrapGroup(IReadOnlyList<SopsKey> group, IReadOnlyCollection<IKeyHolder> identities)
    {
        SopsException? refusal = null;
        foreach (var key in group.OfType<SopsKey.Age>())
        {
            try
            {
                return AgeFile.Decrypt(Armor.Decode(Encoding.UTF8.GetBytes(key.Enc)), identities);
            }
            catch (AgeException exception) when (exception.Failure == AgeFailure.NoMatch)
            {
                // It is for somebody else.
            }
            catch (AgeException exception)
            {
                refusal ??= new SopsException(
                    SopsFailure.DataKey,
                    $"the data key wrapped for {key.Recipient} cannot be read: {exception.Message}");
            }
        }

        return refusal is null ? null : throw refusal;
    }
}
