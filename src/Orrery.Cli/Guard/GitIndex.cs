using System.Globalization;
using System.Text;
using Orrery.Engine.Ports;

namespace Orrery.Cli.Guard;

/// <summary>What the next commit would hold: the bytes of the index, whatever the work tree has.</summary>
internal sealed class GitIndex : IGuardedFiles
{
    private const int HeaderMax = 256;

    private readonly GitCommands _git;
    private readonly Dictionary<string, string> _blobs;

    private GitIndex(GitCommands git, Dictionary<string, string> blobs)
    {
        (_git, _blobs) = (git, blobs);
        Paths = [.. blobs.Keys.Order(StringComparer.Ordinal)];
    }

    public IReadOnlyList<string> Paths { get; }

    public static async Task<GitIndex> ListAsync(GitCommands git, CancellationToken cancellation)
    {
        var blobs = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var entry in await git.ListAsync(["ls-files", "--stage", "-z"], cancellation))
        {
            // MODE ID STAGE<tab>PATH; links and repositories of their own are no files.
            if (entry.Split('\t', 2) is [var head, var path] && head.Split(' ') is [['1', '0', '0', ..], var id, _])
                blobs[path] = id;
        }

        return new GitIndex(git, blobs);
    }

    public async Task<IReadOnlyList<T>> ReadAsync<T>(
        IReadOnlyList<string> paths, Func<string, FileContent, T> use, CancellationToken cancellation)
    {
        var results = new Task<T>[paths.Count];
        if (paths.Count == 0)
            return [];
        using var places = new SemaphoreSlim(Math.Max(1, Environment.ProcessorCount));
        await using var process = await _git.StartAsync(["cat-file", "--batch"], cancellation);
        var asking = AskAsync(process.Stream, paths, cancellation);
        await using var answers = new BufferedStream(process.Stream, 256 * 1024);
        var reader = new BlobReader(answers);
        for (var i = 0; i < paths.Count; i++)
        {
            var path = paths[i];
            var content = await reader.NextAsync(path, cancellation);
            await places.WaitAsync(cancellation);
            results[i] = Task.Run(
                () =>
                {
                    try
                    {
                        return use(path, content);
                    }
                    finally
                    {
                        places.Release();
                    }
                },
                cancellation);
        }

        await asking;
        return await Task.WhenAll(results);
    }

    /// <summary>While the answers are read: both pipes are short.</summary>
    private async Task AskAsync(Stream stream, IReadOnlyList<string> paths, CancellationToken cancellation)
    {
        const int AtOnce = 512;
        foreach (var some in paths.Chunk(AtOnce))
        {
            var text = string.Concat(some.Select(path => $"{_blobs[path]}\n"));
            await stream.WriteAsync(Encoding.ASCII.GetBytes(text), cancellation);
            await stream.FlushAsync(cancellation);
        }
    }

    /// <summary>The answers of <c>git cat-file --batch</c>: ID TYPE SIZE, a line end, the bytes, a line end.</summary>
    private sealed class BlobReader(BufferedStream stream)
    {
        public async Task<FileContent> NextAsync(string path, CancellationToken cancellation)
        {
            var header = await HeaderAsync(cancellation);
            if (header.Split(' ') is not [_, "blob", var digits]
                || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var size))
                throw new ProviderException(ProviderErrorCode.Invalid, $"git has no content for '{path}' in its index");
            var bytes = new byte[Math.Min(size, FileContent.BytesMax)];
            await stream.ReadExactlyAsync(bytes, cancellation);
            await SkipAsync(size - bytes.Length + 1, cancellation);
            return size > bytes.Length ? new FileContent(default, size) : new FileContent(bytes, size);
        }

        private async Task<string> HeaderAsync(CancellationToken cancellation)
        {
            var header = new StringBuilder();
            var one = new byte[1];
            while (header.Length < HeaderMax)
            {
                await stream.ReadExactlyAsync(one, cancellation);
                if (one[0] == '\n')
                    break;
                header.Append((char)one[0]);
            }

            return header.ToString();
        }

        private async Task SkipAsync(long count, CancellationToken cancellation)
        {
            var buffer = new byte[64 * 1024];
            while (count > 0)
            {
                var some = buffer.AsMemory(0, (int)Math.Min(count, buffer.Length));
                await stream.ReadExactlyAsync(some, cancellation);
                count -= some.Length;
            }
        }
    }
}
