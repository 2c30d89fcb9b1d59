using System.Globalization;
using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Bench.Sops;

/// <summary>One YAML document with many values: encrypted, opened, edited in one place; all cold.</summary>
internal static class SopsBenchmark
{
    public static string Run(int values, TimeProvider time)
    {
        var random = new Random(1);
        var identity = AgeIdentity.Generate(random.NextBytes);
        var rule = CreationRule.For($"{identity.Recipient}");
        var plain = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, values).Select(
            n => n % 100 == 0 ? $"group{n}:\n  key{n}: value number {n}\n" : $"  key{n}: value number {n}\n")));
        var text = new StringBuilder();
        var start = time.GetTimestamp();
        var file = SopsFile.Encrypt(plain, SopsFormat.Yaml, rule, time.GetUtcNow(), random.NextBytes);
        Lap("encrypt");
        var document = SopsFile.Open(file, SopsFormat.Yaml, [identity]);
        Lap("decrypt");
        document.Set(["group0", "key1"], "\"other\"", time.GetUtcNow(), random.NextBytes);
        Lap("set one value");
        return document.Plain.AsSpan().SequenceEqual(plain) ? text.ToString() : "the document did not come back\n";

        void Lap(string name)
        {
            text.Append(CultureInfo.InvariantCulture, $"{name}: {time.GetElapsedTime(start).TotalSeconds:0.000} s\n");
            start = time.GetTimestamp();
        }
    }
}
