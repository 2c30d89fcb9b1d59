using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Resolving;

namespace Orrery.Model.Spec.Checks;

/// <summary>Whether previews have enough of what they share.</summary>
internal static class PreviewPoolChecks
{
    public static void Run(Declared declared, Problems problems)
    {
        foreach (var pool in declared.PreviewPools)
            Addresses(pool, problems);
    }

    private static void Addresses(Document pool, Problems problems)
    {
        var addresses = pool.Spec.Under(PreviewPoolKind.Addresses);
        if (!pool.Spec.TryGet(PreviewPoolKind.Capacity, out var capacity)
            || addresses.Find(PreviewPoolKind.Pool) is not { } ranges
            || addresses.Find(PreviewPoolKind.PerCluster) is not { } perCluster)
        {
            return;
        }

        var available = NetworkChecks.Sum(ranges);
        var needed = capacity * perCluster.Count;
        if (available >= needed)
            return;
        problems.Add(
            CheckCodes.CapacityBeyondAddresses,
            addresses.MarkOf(PreviewPoolKind.Pool),
            $"{capacity} previews need {needed} addresses; the pool has {available}.",
            $"add {needed - available} addresses, or lower the capacity");
    }
}
