using System.Globalization;
using System.Text;
using Orrery.Secrets.Guard;
using Orrery.Secrets.Guard.Documents;

namespace Orrery.Bench.Guard;

/// <summary>A tree of programs, manifests, lock files and pictures: read and searched, all cold.</summary>
internal sealed class GuardBenchmark(string folder)
{
    private const string Words =
        "the token of a request is given to the next one and password fields stay empty while secrets are read from "
        + "their store var value = source.Token; if (name is null) return Result.Failed(reason); namespace public ";

    private readonly Random _random = new(1);

    /// <summary>Writes the tree; what is written is the same every time.</summary>
    public long Write(int files)
    {
        var bytes = 0L;
        for (var n = 0; n < files; n++)
        {
            var (ending, content) = Content(n);
            var path = Path.Combine(folder, $"part{n / 100}", $"file{n}{ending}");
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
            bytes += content.Length;
        }

        return bytes;
    }

    public async Task<string> SearchAsync(TimeProvider time)
    {
        var paths = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path)).Order(StringComparer.Ordinal).ToArray();
        var covering = Covering.Read([(".sops.yaml", "creation_rules:\n  - path_regex: ^secrets/\n    age: a\n")]);
        var start = time.GetTimestamp();
        var results = new FileSearch[paths.Length];
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(() =>
        {
            for (var i = Interlocked.Increment(ref next); i < paths.Length; i = Interlocked.Increment(ref next))
                results[i] = FileSearch.Of(paths[i], File.ReadAllBytes(Path.Combine(folder, paths[i])), covering);
        })));
        var findings = TreeSearch.Of(results, null);
        var took = time.GetElapsedTime(start).TotalSeconds;
        return string.Create(
            CultureInfo.InvariantCulture, $"search: {took:0.000} s, {paths.Length} files, {findings.Count} findings\n");
    }

    private (string Ending, byte[] Content) Content(int number) => (number % 10) switch
    {
        < 5 => (".cs", Text(8000)),
        < 8 => (".yaml", Manifests()),
        8 => (".json", Hashes()),
        _ => (".png", Noise(16_000)),
    };

    private byte[] Text(int length)
    {
        var text = new StringBuilder();
        var words = Words.Split(' ');
        while (text.Length < length)
            text.Append(words[_random.Next(words.Length)]).Append(_random.Next(9) == 0 ? '\n' : ' ');
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private byte[] Manifests() => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 6).Select(
        n => $"apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app{n}\nspec:\n  template:\n    spec:\n"
            + $"      containers:\n        - image: ghcr.io/a/b@sha256:{Hex(32)}\n          env:\n"
            + "            - name: DB_PASSWORD\n              valueFrom:\n                secretKeyRef: { name: a }\n"
            + "---\napiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData:\n  token: ${TOKEN}\n---\n")));

    private byte[] Hashes() => Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 60).Select(
        _ => $"  \"integrity\": \"sha512-{Convert.ToBase64String(Noise(64))}\",\n")));

    private string Hex(int bytes) => Convert.ToHexStringLower(Noise(bytes));

    private byte[] Noise(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return bytes;
    }
}
