using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Keys.Kinds;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Providers.Keys;

/// <summary>
/// Keys as files of the declaration's repository: <c>secrets/prod/keys/k3s-token.sops.yaml</c>, encrypted to the
/// recovery recipients, and public parts beside them in clear. A key is written once and never over another one.
/// </summary>
internal sealed class KeyFolder(KeysEnvironment environment)
{
    // A file is swapped within milliseconds, and a busy folder is waited for two seconds.
    private static readonly TimeSpan WriteTimeout = TimeSpan.FromSeconds(10);

    /// <summary>To whom everything is encrypted, in ordinal order.</summary>
    public ValueList<string> Recipients { get; } =
        environment.Recipients.Select(recipient => $"{recipient}").Order(StringComparer.Ordinal).ToValueList();

    /// <summary>
    /// From when a new key holds: the hour that has begun. So a machine whose clock is behind trusts it, and a run that
    /// is repeated after a crash makes the same certificate of the same key.
    /// </summary>
    public DateTimeOffset Begin
    {
        get
        {
            var now = environment.Time.GetUtcNow();
            return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerHour));
        }
    }

    private DateTimeOffset Now => environment.Time.GetUtcNow();

    /// <summary>Who makes the keys of one file.</summary>
    public IKeyMaker Maker(string path) => environment.Maker.For(path);

    /// <summary>
    /// What the file holds, or null where there is none. One that does not open, or holds something else, is refused:
    /// a new key in its place would close everything that was sealed to the old one.
    /// </summary>
    public async Task<KeptKey?> ReadAsync(string path, string kind, CancellationToken cancellation)
    {
        if (await ReadBytesAsync(path, cancellation) is not { } file)
            return null;
        try
        {
            var content = KeyFile.Decrypt(file.Content.Span, environment.Identities());
            if (content.Kind != kind)
                throw new FormatException($"it holds a {content.Kind}, not a {kind}");
            return new KeptKey(content, file.Version);
        }
        catch (Exception problem) when (problem is SopsException or FormatException)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid,
                $"{path} cannot be opened: {problem.Message}. No new key is made in its place: bring the file back "
                + "from Git, or use the identity that it is encrypted to",
                problem);
        }
    }

    public async Task<bool> ExistsAsync(string path, CancellationToken cancellation) =>
        await ReadBytesAsync(path, cancellation) is not null;

    /// <summary>The keys of a cluster that were made again, with how often.</summary>
    public async Task<ValueMap<int>> GenerationsAsync(string cluster, CancellationToken cancellation) =>
        ValueMap.From(KeyPath.Generations(await ListAsync($"{KeyPath.FolderOf(cluster)}/", cancellation)));

    /// <summary>The documents that are for a cluster, by name: their text, which is encrypted.</summary>
    public async Task<ValueMap<string>> DocumentsAsync(string cluster, CancellationToken cancellation)
    {
        var documents = new List<KeyValuePair<string, string>>();
        foreach (var path in await ListAsync($"secrets/{cluster}/", cancellation))
        {
            var name = path[$"secrets/{cluster}/".Length..];
            if (!name.Contains('/', StringComparison.Ordinal) && name.Contains(".sops.", StringComparison.Ordinal)
                && await ReadBytesAsync(path, cancellation) is { } file)
                documents.Add(KeyValuePair.Create(name, Encoding.UTF8.GetString(file.Content.Span)));
        }

        return ValueMap.From(documents);
    }

    /// <summary>Writes a new file; a conflict where there is one already.</summary>
    public async Task MakeAsync(string path, string kind, ValueMap<string> texts, CancellationToken cancellation)
    {
        var file = new KeyFile { Kind = kind, Texts = texts, Recipients = Recipients };
        if (!await SwapAsync(path, null, file.Encrypt(Now, environment.Maker), cancellation))
            throw new ProviderException(ProviderErrorCode.Conflict, $"{path} exists already");
    }

    /// <summary>Encrypts the same content to the recipients of today, unless that is what is there.</summary>
    public async Task ReencryptAsync(string path, string kind, CancellationToken cancellation)
    {
        if (await ReadAsync(path, kind, cancellation) is not { } file)
            throw new ProviderException(ProviderErrorCode.NotFound, $"{path} is gone");
        if (file.Content.Recipients.Equals(Recipients))
            return;
        // With a new data key: whoever could read the file and must not any more may have kept the old one.
        var encrypted = (file.Content with { Recipients = Recipients }).Encrypt(Now, environment.Maker);
        if (!await SwapAsync(path, file.Version, encrypted, cancellation))
            throw new ProviderException(ProviderErrorCode.Locked, $"{path} was changed by someone else meanwhile");
    }

    /// <summary>Writes other texts in the place of those that were read.</summary>
    public async Task ReplaceAsync(
        string path, KeptKey read, ValueMap<string> texts, CancellationToken cancellation)
    {
        var file = read.Content with { Texts = texts, Recipients = Recipients };
        if (!await SwapAsync(path, read.Version, file.Encrypt(Now, environment.Maker), cancellation))
            throw new ProviderException(ProviderErrorCode.Locked, $"{path} was changed by someone else meanwhile");
    }

    /// <summary>A file as it is, or null where there is none.</summary>
    public async Task<ReadOnlyMemory<byte>?> FindAsync(string path, CancellationToken cancellation) =>
        (await ReadBytesAsync(path, cancellation))?.Content;

    /// <summary>
    /// Makes a SOPS document readable for exactly these. Its values stay; where somebody loses it, its data key is a
    /// new one, for whoever could read it may have kept the old.
    /// </summary>
    public async Task WrapAsync(string path, ValueList<string> readers, CancellationToken cancellation)
    {
        if (await ReadBytesAsync(path, cancellation) is not { } file)
            throw new ProviderException(ProviderErrorCode.NotFound, $"{path} is gone");
        var before = SopsReaders.Of(path, file.Content.Span);
        if (before.Equals(readers))
            return;
        var rule = CreationRule.For(readers);
        var wrapped = Open(path, file.Content.Span).UpdateKeys(rule, environment.Maker.Fill);
        if (before.Except(readers, StringComparer.Ordinal).Any())
            wrapped = Open(path, wrapped).Rotate(Now, environment.Maker.Fill);
        if (!await SwapAsync(path, file.Version, wrapped, cancellation))
            throw new ProviderException(ProviderErrorCode.Locked, $"{path} was changed by someone else meanwhile");
    }

    /// <summary>Whether the public file says what it must.</summary>
    public async Task<bool> IsPublishedAsync(string path, string text, CancellationToken cancellation) =>
        await ReadBytesAsync(path, cancellation) is { } file
        && file.Content.Span.SequenceEqual(Encoding.UTF8.GetBytes(text));

    /// <summary>Writes a public part; it follows from the private one, so that what differs is only wrong.</summary>
    public async Task PublishAsync(string path, string text, CancellationToken cancellation)
    {
        var there = await ReadBytesAsync(path, cancellation);
        var content = Encoding.UTF8.GetBytes(text);
        if (there?.Content.Span.SequenceEqual(content) == true)
            return;
        if (!await SwapAsync(path, there?.Version, content, cancellation))
            throw new ProviderException(ProviderErrorCode.Locked, $"{path} was changed by someone else meanwhile");
    }

    private SopsDocument Open(string path, ReadOnlySpan<byte> file)
    {
        try
        {
            return SopsFile.Open(file, SopsFormats.OfPath(path), environment.Identities());
        }
        catch (Exception problem) when (problem is SopsException or AgeException)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"{path} cannot be opened: {problem.Message}", problem);
        }
    }

    private async Task<StateFile?> ReadBytesAsync(string path, CancellationToken cancellation)
    {
        try
        {
            return await environment.Files.ReadAsync(path, cancellation);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"{path} cannot be read: {problem.Message}", problem);
        }
    }

    private async Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation)
    {
        try
        {
            return await environment.Files.ListAsync(prefix, cancellation);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"{prefix} cannot be read: {problem.Message}", problem);
        }
    }

    private async Task<bool> SwapAsync(
        string path, string? version, ReadOnlyMemory<byte> content, CancellationToken cancellation)
    {
        await environment.Guard.EnsureAsync(WriteTimeout, cancellation);
        try
        {
            return await environment.Files.TrySwapAsync(path, version, content, cancellation) is not null;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            // It may be written all the same: the next run looks before it makes anything.
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"{path} cannot be written: {problem.Message}", problem);
        }
    }
}

/// <summary>A key's file as it is.</summary>
/// <param name="Content">What it holds.</param>
/// <param name="Version">Differs whenever its bytes do.</param>
internal sealed record KeptKey(KeyFile Content, string Version);
