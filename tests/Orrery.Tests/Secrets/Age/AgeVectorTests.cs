using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Orrery.Secrets.Age;
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
        var vector = AgeVector.Read(name);
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
        var text = Encoding.ASCII.GetString(AgeVector.Read(name).File);
        Armor.Encode(Armor.Decode(text)).Trim().ShouldBe(text.ReplaceLineEndings("\n").Trim());
    }

    private static string Outcome(AgeVector vector, ArrayBufferWriter<byte> released)
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

    private static TheoryData<string> Names(Func<AgeVector, bool> wanted) =>
        ContractFolder.Path is null
            ? []
            : new(Directory.GetFiles(ContractFolder.Of("age", "testkit")).Select(path => Path.GetFileName(path))
                .Order(StringComparer.Ordinal).Where(name => wanted(AgeVector.Read(name))));
}
