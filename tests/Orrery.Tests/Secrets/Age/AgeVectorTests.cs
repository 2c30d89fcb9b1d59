using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets.Age;

/// <summary>The vectors of C2SP/CCTV: what each says must happen, and what may have been released until then.</summary>
public class AgeVectorTests
{
    public static TheoryData<string> Vectors() => Names(_ => true);

    public static TheoryData<string> ArmoredVectors() =>
        Names(vector => vector.IsArmored && vector["expect"] != "armor failure");

    [ContractTheory]
    [MemberData(nameof(Vectors))]
    public void A_vector_is_read_or_refused_as_it_says(string name)
    {
        var vector = Vector.Read(name);
        var released = new ArrayBufferWriter<byte>();
        Outcome(vector, released).ShouldBe(vector["expect"], name);
        if (vector.Fields.TryGetValue("payload", out var hashes))
            Convert.ToHexStringLower(SHA256.HashData(released.WrittenSpan)).ShouldBe(hashes[0]);
        else
            released.WrittenCount.ShouldBe(0);
    }

    [ContractTheory]
    [MemberData(nameof(ArmoredVectors))]
    public void Armor_that_is_accepted_is_written_the_same(string name)
    {
        var text = Encoding.ASCII.GetString(Vector.Read(name).File);
        Armor.Encode(Armor.Decode(text)).Trim().ShouldBe(text.ReplaceLineEndings("\n").Trim());
    }

    private static string Outcome(Vector vector, ArrayBufferWriter<byte> released)
    {
        try
        {
            var file = vector.IsArmored ? Armor.Decode(vector.File) : vector.File;
            AgeFile.Decrypt(file, vector.Holders(), released);
            return "success";
        }
        catch (AgeException refusal)
        {
            return refusal.Failure switch
            {
                AgeFailure.Armor => "armor failure",
                AgeFailure.Header => "header failure",
                AgeFailure.NoMatch => "no match",
                AgeFailure.HeaderMac => "HMAC failure",
                _ => "payload failure",
            };
        }
    }

    private static TheoryData<string> Names(Func<Vector, bool> wanted) =>
        ContractFolder.Path is null
            ? []
            : new(Directory.GetFiles(ContractFolder.Of("age", "testkit")).Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal).Where(name => wanted(Vector.Read(name))));

    private sealed record Vector(Dictionary<string, List<string>> Fields, byte[] File)
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

        public static Vector Read(string name)
        {
            var bytes = System.IO.File.ReadAllBytes(ContractFolder.Of("age", "testkit", name));
            var end = bytes.AsSpan().IndexOf("\n\n"u8);
            var fields = Encoding.UTF8.GetString(bytes.AsSpan(0, end)).Split('\n').Select(line => line.Split(": ", 2))
                .GroupBy(pair => pair[0], pair => pair[1]).ToDictionary(group => group.Key, group => group.ToList());
            var file = bytes[(end + 2)..];
            return new Vector(fields, fields.ContainsKey("compressed") ? Inflate(file) : file);
        }

        private static byte[] Inflate(byte[] compressed)
        {
            using var zlib = new ZLibStream(new MemoryStream(compressed), CompressionMode.Decompress);
            using var plain = new MemoryStream();
            zlib.CopyTo(plain);
            return plain.ToArray();
        }
    }
}
