using System.IO.Compression;
using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets.Age;

/// <summary>A file of the test kit: its fields, and the age file behind them.</summary>
internal sealed record AgeVector(Dictionary<string, List<string>> Fields, byte[] File)
{
    public string this[string field] => Fields[field][0];

    public bool IsArmored => Fields.ContainsKey("armored");

    public List<IKeyHolder> Holders() =>
    [
        .. Fields.GetValueOrDefault("identity", []).Select(Identity),
        .. Fields.GetValueOrDefault("passphrase", []).Select(text => new ScryptIdentity(text)),
    ];

    private static IIdentity Identity(string text) =>
        AgeIdentity.TryParse(text, out var identity) ? identity : throw new FormatException(text);

    public static AgeVector Read(string name)
    {
        var bytes = System.IO.File.ReadAllBytes(ContractFolder.Of("age", "testkit", name));
        var end = bytes.AsSpan().IndexOf("\n\n"u8);
        var fields = Encoding.UTF8.GetString(bytes.AsSpan(0, end)).Split('\n').Select(line => line.Split(": ", 2))
            .GroupBy(pair => pair[0], pair => pair[1]).ToDictionary(group => group.Key, group => group.ToList());
        var file = bytes[(end + 2)..];
        return new AgeVector(fields, fields.ContainsKey("compressed") ? Inflate(file) : file);
    }

    private static byte[] Inflate(byte[] compressed)
    {
        using var zlib = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
        using var plain = new MemoryStream();
        zlib.CopyTo(plain);
        return plain.ToArray();
    }
}
