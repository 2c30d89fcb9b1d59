using System.Text.Json;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Secrets.Primitives;

/// <summary>One of Wycheproof's vectors: numbers and hexadecimal fields by name, and what must come of it.</summary>
internal sealed record Wycheproof(int Id, bool IsValid, bool IsAcceptable, Func<string, byte[]> Hex, JsonElement Test)
{
    /// <summary>All of a file; how many there are is checked against what the file says.</summary>
    public static IReadOnlyList<Wycheproof> Read(string file)
    {
        var root = JsonDocument.Parse(File.ReadAllBytes(ContractFolder.Of("wycheproof", file))).RootElement;
        var all = root.GetProperty("testGroups").EnumerateArray()
            .SelectMany(group => group.GetProperty("tests").EnumerateArray()).Select(Of).ToList();
        all.Count.ShouldBe(root.GetProperty("numberOfTests").GetInt32());
        return all;
    }

    private static Wycheproof Of(JsonElement test)
    {
        var result = test.GetProperty("result").GetString();
        return new Wycheproof(
            test.GetProperty("tcId").GetInt32(),
            result == "valid",
            result == "acceptable",
            name => Convert.FromHexString(test.GetProperty(name).GetString()!),
            test);
    }
}
