using System.Globalization;

namespace Orrery.Model.Values;

/// <summary>
/// A size with its unit, in bytes. <c>50G</c> is decimal as in Kubernetes' quantities, <c>16Gi</c> binary.
/// </summary>
public readonly record struct ByteSize(long Bytes) : IComparable<ByteSize>
{
    private static readonly (string Suffix, long Factor)[] Units =
    [
        ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40),
        ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000),
    ];

    /// <summary>Whole gigabytes as clouds count them when they sell disks, rounded up.</summary>
    public long Gigabytes => (Bytes + 999_999_999) / 1_000_000_000;

    public static bool TryParse(string? text, out ByteSize size)
    {
        size = default;
        if (string.IsNullOrEmpty(text))
            return false;
        foreach (var (suffix, factor) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            if (!long.TryParse(text[..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                || number <= 0 || number > long.MaxValue / factor)
            {
                return false;
            }

            size = new ByteSize(number * factor);
            return true;
        }

        return false;
    }

    public int CompareTo(ByteSize other) => Bytes.CompareTo(other.Bytes);

    public override string ToString()
    {
        foreach (var (suffix, factor) in Units.OrderByDescending(unit => unit.Factor))
        {
            if (Bytes > 0 && Bytes % factor == 0)
                return $"{Bytes / factor}{suffix}";
        }

        return Bytes.ToString(CultureInfo.InvariantCulture);
    }

    public static bool operator <(ByteSize left, ByteSize right) => left.Bytes < right.Bytes;

    public static bool operator >(ByteSize left, ByteSize right) => left.Bytes > right.Bytes;

    public static bool operator <=(ByteSize left, ByteSize right) => left.Bytes <= right.Bytes;

    public static bool operator >=(ByteSize left, ByteSize right) => left.Bytes >= right.Bytes;
}
