namespace Orrery.Tests.Secrets.Guard;

/// <summary>Texts such as chance writes, from a seed: the repository itself holds none of them.</summary>
internal sealed class Chance(int seed)
{
    public const string Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    public const string Lower = "abcdefghijklmnopqrstuvwxyz0123456789";
    public const string Base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    public const string Bech32 = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L";
    public const string Hexadecimal = "0123456789abcdef";

    private readonly Random _random = new(seed);

    public string Of(int length, string letters = Alphanumeric) =>
        string.Create(length, letters, (text, from) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = from[_random.Next(from.Length)];
        });

    public string Base64(int bytes)
    {
        var content = new byte[bytes];
        _random.NextBytes(content);
        return Convert.ToBase64String(content);
    }

    public string Hex(int length) => Of(length, Hexadecimal);

    public string Uuid() => $"{Hex(8)}-{Hex(4)}-4{Hex(3)}-a{Hex(3)}-{Hex(12)}";

    /// <summary>A block of PEM whose content is of the length of a real one.</summary>
    public string Pem(string label, int bytes = 300)
    {
        var body = string.Join('\n', Base64(bytes).Chunk(64).Select(line => new string(line)));
        return $"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n";
    }

    public string Jwt() =>
        string.Join('.', Url("{\"alg\":\"RS256\",\"kid\":\"k\"}"), Url($"{{\"sub\":\"{Of(9)}\"}}"), Of(86));

    private static string Url(string json) =>
        System.Buffers.Text.Base64Url.EncodeToString(System.Text.Encoding.UTF8.GetBytes(json));
}
