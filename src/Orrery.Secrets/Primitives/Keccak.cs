using System.Buffers.Binary;
using System.Numerics;

namespace Orrery.Secrets.Primitives;

/// <summary>
/// The sponge of FIPS 202, for SHA-3 and SHAKE, constant-time: no branch and no index depends on what is absorbed. The
/// framework has them only where the system's library does, and cannot squeeze piece by piece before OpenSSL 3.3.
/// </summary>
internal sealed class Keccak
{
    private const int Lanes = 25;
    private const int Rounds = 24;
    private const int StateBytes = 200;
    private const byte HashSuffix = 0x06;
    private const byte ShakeSuffix = 0x1f;

    // FIPS 202, 3.2.5: the output of a linear feedback shift register.
    private static readonly ulong[] RoundConstants =
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
        0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
        0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
        0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
        0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    // Rho and pi together (FIPS 202, 3.2.2 and 3.2.3): the lane that moves next, and by how much it is turned.
    private static readonly byte[] MovesTo =
        [10, 7, 11, 17, 18, 3, 5, 16, 8, 21, 24, 4, 15, 23, 19, 13, 12, 2, 20, 14, 22, 9, 6, 1];

    private static readonly byte[] TurnsBy =
        [1, 3, 6, 10, 15, 21, 28, 36, 45, 55, 2, 14, 27, 41, 56, 8, 25, 43, 62, 18, 39, 61, 20, 44];

    private readonly ulong[] _lanes = new ulong[Lanes];
    private readonly byte[] _block;
    private int _position;

    private Keccak(int rateBytes, byte suffix, ReadOnlySpan<byte> input)
    {
        _block = new byte[rateBytes];
        foreach (var value in input)
        {
            _block[_position++] = value;
            if (_position == rateBytes)
                AbsorbBlock();
        }

        _block[_position] = suffix;
        _block[rateBytes - 1] |= 0x80;
        AbsorbBlock();
        Squeeze();
    }

    public static byte[] Sha3Of256Bits(ReadOnlySpan<byte> input) => Hash(32, input);

    public static byte[] Sha3Of512Bits(ReadOnlySpan<byte> input) => Hash(64, input);

    public static Keccak Shake128(ReadOnlySpan<byte> input) => new(StateBytes - 32, ShakeSuffix, input);

    public static Keccak Shake256(ReadOnlySpan<byte> input) => new(StateBytes - 64, ShakeSuffix, input);

    /// <summary>The next bytes of an output without an end.</summary>
    public void Read(Span<byte> output)
    {
        for (var i = 0; i < output.Length; i++)
        {
            if (_position == _block.Length)
            {
                Permute(_lanes);
                Squeeze();
            }

            output[i] = _block[_position++];
        }
    }

    public byte[] Read(int length)
    {
        var output = new byte[length];
        Read(output);
        return output;
    }

    private static byte[] Hash(int length, ReadOnlySpan<byte> input) =>
        new Keccak(StateBytes - (2 * length), HashSuffix, input).Read(length);

    private void AbsorbBlock()
    {
        for (var i = 0; i < _block.Length / sizeof(ulong); i++)
            _lanes[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(_block.AsSpan(i * sizeof(ulong)));
        Array.Clear(_block);
        _position = 0;
        Permute(_lanes);
    }

    private void Squeeze()
    {
        for (var i = 0; i < _block.Length / sizeof(ulong); i++)
            BinaryPrimitives.WriteUInt64LittleEndian(_block.AsSpan(i * sizeof(ulong)), _lanes[i]);
        _position = 0;
    }

    private static void Permute(ulong[] lanes)
    {
        Span<ulong> column = stackalloc ulong[5];
        for (var round = 0; round < Rounds; round++)
        {
            for (var x = 0; x < 5; x++)
                column[x] = lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20];
            for (var x = 0; x < 5; x++)
            {
                var mixed = column[(x + 4) % 5] ^ BitOperations.RotateLeft(column[(x + 1) % 5], 1);
                for (var y = 0; y < Lanes; y += 5)
                    lanes[x + y] ^= mixed;
            }

            var moving = lanes[1];
            for (var i = 0; i < MovesTo.Length; i++)
            {
                var displaced = lanes[MovesTo[i]];
                lanes[MovesTo[i]] = BitOperations.RotateLeft(moving, TurnsBy[i]);
                moving = displaced;
            }

            for (var y = 0; y < Lanes; y += 5)
            {
                for (var x = 0; x < 5; x++)
                    column[x] = lanes[x + y];
                for (var x = 0; x < 5; x++)
                    lanes[x + y] = column[x] ^ (~column[(x + 1) % 5] & column[(x + 2) % 5]);
            }

            lanes[0] ^= RoundConstants[round];
        }
    }
}
