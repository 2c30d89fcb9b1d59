namespace Orrery.Secrets.Certificates;

/// <summary>Serial numbers of certificates: 127 random bits, positive, as RFC 5280 (4.1.2.2) wants them.</summary>
internal static class SerialNumber
{
    private const int Bytes = 16;

    public static byte[] Draw(FillRandom random)
    {
        var serial = new byte[Bytes];
        random(serial);
        // Neither negative nor with a leading zero byte, which DER would drop.
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40);
        return serial;
    }
}
