using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;

namespace Orrery.Model.Values;

/// <summary>Addresses from a first to a last one: an IP, <c>IP-IP</c> or a CIDR.</summary>
/// <remarks>
/// A class of plain 64-bit halves: code over UInt128 and over structures in collections cannot be compiled ahead of
/// time, and reading a declaration is part of every start.
/// </remarks>
public sealed record AddressRange
{
    private readonly Address _first;
    private readonly Address _last;

    private AddressRange(Address first, Address last)
    {
        _first = first;
        _last = last;
    }

    public bool IsIpv6 => _first.IsIpv6;

    /// <summary>How many addresses; the largest number there is for more than that.</summary>
    public long Count
    {
        get
        {
            var difference = _last.Low - _first.Low;
            return _last.High != _first.High || difference >= long.MaxValue ? long.MaxValue : (long)difference + 1;
        }
    }

    public static bool TryParse(string text, [MaybeNullWhen(false)] out AddressRange range)
    {
        if (text.Contains('/', StringComparison.Ordinal))
            return TryParseCidr(text, out range);
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 0)
            return TryParseSingle(text, out range);
        range = Parse(text[..dash]) is { } first && Parse(text[(dash + 1)..]) is { } last
            && first.IsIpv6 == last.IsIpv6 && first.IsUpTo(last)
            ? new AddressRange(first, last)
            : null;
        return range is not null;
    }

    public static bool TryParseSingle(string text, [MaybeNullWhen(false)] out AddressRange range)
    {
        range = Parse(text) is { } address ? new AddressRange(address, address) : null;
        return range is not null;
    }

    /// <summary>Four decimal numbers; shorter, octal and hexadecimal forms are refused.</summary>
    public static bool TryParseIpv4(string text, [MaybeNullWhen(false)] out AddressRange range)
    {
        range = ParseIpv4(text) is { } address ? new AddressRange(address, address) : null;
        return range is not null;
    }

    /// <summary>A network: the address must be its first one.</summary>
    public static bool TryParseCidr(string text, [MaybeNullWhen(false)] out AddressRange range)
    {
        range = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || Parse(text[..slash]) is not { } first
            || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var prefix)
            || prefix > first.Width)
        {
            return false;
        }

        var (high, low) = (Mask(first.Width - prefix - 64), Mask(first.Width - prefix));
        if ((first.High & high) != 0 || (first.Low & low) != 0)
            return false;
        range = new AddressRange(first, first with { High = first.High | high, Low = first.Low | low });
        return true;
    }

    public bool Contains(AddressRange other) =>
        IsIpv6 == other.IsIpv6 && _first.IsUpTo(other._first) && other._last.IsUpTo(_last);

    public bool Overlaps(AddressRange other) =>
        IsIpv6 == other.IsIpv6 && _first.IsUpTo(other._last) && other._first.IsUpTo(_last);

    /// <summary>Each address, from the first on, up to the last.</summary>
    public IEnumerable<AddressRange> Each()
    {
        var address = _first;
        while (true)
        {
            yield return new AddressRange(address, address);
            if (address == _last)
                yield break;
            address = address.Low == ulong.MaxValue
                ? address with { High = address.High + 1, Low = 0 }
                : address with { Low = address.Low + 1 };
        }
    }

    /// <summary>As a network, for example <c>10.2.0.0/16</c>; only for what was read as one.</summary>
    public string ToCidr()
    {
        var (high, low) = (_first.High ^ _last.High, _first.Low ^ _last.Low);
        var leading = high == 0 ? 64 + BitOperations.LeadingZeroCount(low) : BitOperations.LeadingZeroCount(high);
        var hostBits = 128 - leading;
        return $"{_first}/{_first.Width - hostBits}";
    }

    public override string ToString() => _first == _last ? _first.ToString() : $"{_first}-{_last}";

    private static ulong Mask(int bits) => bits switch
    {
        <= 0 => 0,
        >= 64 => ulong.MaxValue,
        _ => (1UL << bits) - 1,
    };

    private static Address? Parse(string text) => ParseIpv4(text) ?? ParseIpv6(text);

    private static Address? ParseIpv4(string text)
    {
        var parts = text.Split('.');
        if (parts.Length != 4)
            return null;
        uint number = 0;
        foreach (var part in parts)
        {
            if (!byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
                || (part.Length > 1 && part[0] == '0'))
            {
                return null;
            }

            number = (number << 8) | value;
        }

        return new Address(0, number, IsIpv6: false);
    }

    private static Address? ParseIpv6(string text)
    {
        if (!text.Contains(':', StringComparison.Ordinal) || text.Contains('%', StringComparison.Ordinal)
            || !IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
        {
            return null;
        }

        var bytes = address.GetAddressBytes();
        var high = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        return new Address(high, BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)), IsIpv6: true);
    }

    private sealed record Address(ulong High, ulong Low, bool IsIpv6)
    {
        public int Width => IsIpv6 ? 128 : 32;

        public bool IsUpTo(Address other) => High == other.High ? Low <= other.Low : High < other.High;

        public override string ToString()
        {
            if (!IsIpv6)
                return $"{(byte)(Low >> 24)}.{(byte)(Low >> 16)}.{(byte)(Low >> 8)}.{(byte)Low}";
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt64BigEndian(bytes, High);
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(8), Low);
            return new IPAddress(bytes).ToString();
        }
    }
}
