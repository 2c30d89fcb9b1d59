using System.Diagnostics.CodeAnalysis;

namespace Orrery.Model.Spec.Schema;

/// <summary>
/// The form of an X25519 recipient of age: Bech32 with the prefix <c>age</c> over 32 bytes
/// (https://age-encryption.org/v1, BIP 173). A mistyped letter is found by the checksum, before data is lost to it.
/// </summary>
internal static class AgeRecipient
{
    private const string Charset = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    private const string Prefix = "age1";

    /// <summary>52 characters of five bits hold 32 bytes; 6 more are the checksum.</summary>
    private const int Length = 4 + 52 + 6;

    public static bool TryParse(string text, [MaybeNullWhen(false)] out string value)
    {
        value = text.Length == Length && text.StartsWith(Prefix, StringComparison.Ordinal) && ChecksumHolds(text)
            ? text
            : null;
        return value is not null;
    }

    private static bool ChecksumHolds(string text)
    {
        uint state = 1;
        foreach (var character in "age")
            state = Step(state, (uint)character >> 5);
        state = Step(state, 0);
        foreach (var character in "age")
            state = Step(state, (uint)character & 31);
        foreach (var character in text.AsSpan(Prefix.Length))
        {
            var value = Charset.IndexOf(character, StringComparison.Ordinal);
            if (value < 0)
                return false;
            state = Step(state, (uint)value);
        }

        return state == 1;
    }

    private static uint Step(uint state, uint value)
    {
        ReadOnlySpan<uint> generators = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];
        var top = state >> 25;
        state = ((state & 0x1ffffff) << 5) ^ value;
        for (var i = 0; i < generators.Length; i++)
        {
            if (((top >> i) & 1) != 0)
                state ^= generators[i];
        }

        return state;
    }
}
