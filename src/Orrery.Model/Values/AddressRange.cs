using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Orrery.Model.Values;

/// <summary>Addresses from a first to a last one: an IP, <c>IP-IP</c> or a CIDR.</summary>
public readonly record struct AddressRange
{
    private AddressRange(UInt128 first, UInt128 last, bool isIpv6)
    {
        First = first;
        Last = last;
        IsIpv6 = isIpv6;
    }

    public UInt128 First { get; }

    public UInt128 Last { get; }

    public bool IsIpv6 { get; }

    /// <summary>How many addresses; the largest number there is for more than that.</summary>
    public UInt128 Count => Last - First == UInt128.MaxValue ? UInt128.MaxValue : Last - First + 1;

    public static bool TryParse(string text, out AddressRange range)
    {
        if (text.Contains('/', StringComparison.Ordinal))
            return TryParseCidr(text, out range);
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
            return TryParseSingle(text, out range);
        range = default;
        if (!TryParseSingle(text[..dash], out var first) || !TryParseSingle(text[(dash + 1)..], out var last)
            || first.IsIpv6 != last.IsIpv6 || last.First < first.First)
        {
            return false;
        }

        range = new AddressRange(first.First, last.First, first.IsIpv6);
        return true;
    }

    public static bool TryParseSingle(string text, out AddressRange range)
    {
        if (TryParseIpv4(text, out range))
            return true;
        if (!text.Contains(':', StringComparison.Ordinal) || text.Contains('%', StringComparison.Ordinal)
            || !IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        var number = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        range = new AddressRange(number, number, isIpv6: true);
        return true;
    }

    /// <summary>Four decimal numbers; shorter, octal and hexadecimal forms are refused.</summary>
    public static bool TryParseIpv4(string text, out AddressRange range)
    {
        range = default;
        var parts = text.Split('.');
        if (parts.Length != 4)
            return false;
        uint number = 0;
        foreach (var part in parts)
        {
            if (!byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || (part.Length > 1 && part[0] == '0'))
            {
                return false;
            }

            number = (number << 8) | value;
        }

        range = new AddressRange(number, number, isIpv6: false);
        return true;
    }

    /// <summary>A network: the address must be its first one.</summary>
    public static bool TryParseCidr(string text, out AddressRange range)
    {
        range = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !TryParseSingle(text[..slash], out var start)
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix))
        {
            return false;
        }

        var width = start.IsIpv6 ? 128 : 32;
        if (prefix > width)
            return false;
        var host = prefix == width ? 0 : UInt128.MaxValue >> (128 - (width - prefix));
        if ((start.First & host) != 0)
            return false;
        range = new AddressRange(start.First, start.First | host, start.IsIpv6);
        return true;
    }

    public bool Contains(AddressRange other) =>
        IsIpv6 == other.IsIpv6 && First <= other.First && other.Last <= Last;

    public bool Overlaps(AddressRange other) =>
        IsIpv6 == other.IsIpv6 && First <= other.Last && other.First <= Last;

    /// <summary>As a network, for example <c>10.2.0.0/16</c>; only for what was read as one.</summary>
    public string ToCidr()
    {
        var width = IsIpv6 ? 128 : 32;
        var hostBits = (int)UInt128.Log2(First == Last ? 1 : Last - First) + (First == Last ? 0 : 1);
        return $"{Format(First)}/{width - hostBits}";
    }

    public override string ToString() => First == Last ? Format(First) : $"{Format(First)}-{Format(Last)}";

    private string Format(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, number);
        return new IPAddress(IsIpv6 ? bytes : bytes[12..]).ToString();
    }
}
