using Orrery.Engine.State;

namespace Orrery.Tests.Engine;

public sealed class LocalStateFilesTests : IDisposable
{
    private readonly string _folder = Path.Combine(Directory.CreateTempSubdirectory("orrery-").FullName, ".orrery");

    [Fact]
    public async Task Files_are_swapped_appended_listed_and_deleted()
    {
        using var files = new LocalStateFiles(_folder, TimeProvider.System);
        (await files.ReadAsync("state.json", CancellationToken.None)).ShouldBeNull();
        var first = await files.TrySwapAsync("state.json", null, "1"u8.ToArray(), CancellationToken.None);
        (await files.TrySwapAsync("state.json", null, "2"u8.ToArray(), CancellationToken.None)).ShouldBeNull();
        var second = await files.TrySwapAsync("state.json", first, "2"u8.ToArray(), CancellationToken.None);
        (await files.TrySwapAsync("state.json", first, "3"u8.ToArray(), CancellationToken.None)).ShouldBeNull();
        (await files.ReadAsync("state.json", CancellationToken.None))!.Version.ShouldBe(second);
        await files.AppendAsync("journal-1", "a"u8.ToArray(), CancellationToken.None);
        await files.AppendAsync("journal-1", "b"u8.ToArray(), CancellationToken.None);
        (await files.ReadAsync("journal-1", CancellationToken.None))!.Content.ToArray().ShouldBe("ab"u8.ToArray());
        await files.TrySwapAsync("history/1.json", null, "1"u8.ToArray(), CancellationToken.None);
        (await files.ListAsync("", CancellationToken.None)).ShouldBe(["history/1.json", "journal-1", "state.json"]);
        await files.DeleteAsync("journal-1", CancellationToken.None);
        (await files.ListAsync("journal-", CancellationToken.None)).ShouldBeEmpty();
    }

    [Fact]
    public async Task Only_their_owner_can_read_them()
    {
        if (OperatingSystem.IsWindows())
            return;
        using var files = new LocalStateFiles(_folder, TimeProvider.System);
        await files.TrySwapAsync("history/1.json", null, "1"u8.ToArray(), CancellationToken.None);
        await files.AppendAsync("journal-1", "a"u8.ToArray(), CancellationToken.None);
        foreach (var folder in Directory.EnumerateDirectories(_folder).Append(_folder))
            Convert.ToString((int)File.GetUnixFileMode(folder), 8).ShouldBe("700", folder);
        foreach (var file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
            Convert.ToString((int)File.GetUnixFileMode(file), 8).ShouldBe("600", file);
    }

    [Fact]
    public void A_folders_own_entries_are_put_on_the_disk_where_the_system_can()
    {
        var folder = Path.GetDirectoryName(_folder) ?? "";
        FolderFlush.Try(folder).ShouldBe(OperatingSystem.IsLinux());
        if (OperatingSystem.IsLinux())
            Should.Throw<IOException>(() => FolderFlush.Try(_folder)).Message.ShouldContain(_folder);
    }

    [Fact]
    public async Task Of_many_swaps_at_once_exactly_one_wins_each_round()
    {
        using var ours = new LocalStateFiles(_folder, TimeProvider.System);
        using var theirs = new LocalStateFiles(_folder, TimeProvider.System);
        string? version = null;
        for (var round = 0; round < 10; round++)
        {
            var content = new[] { $"{round} ours", $"{round} theirs" }.Select(
                System.Text.Encoding.UTF8.GetBytes).ToArray();
            var swapped = await Task.WhenAll(
                ours.TrySwapAsync("state.json", version, content[0], CancellationToken.None),
                theirs.TrySwapAsync("state.json", version, content[1], CancellationToken.None),
                ours.TrySwapAsync($"{round}.json", null, content[0], CancellationToken.None));
            swapped[..2].Count(swap => swap is not null).ShouldBe(1);
            swapped[2].ShouldNotBeNull();
            version = swapped[0] ?? swapped[1];
        }
    }

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_folder)!, recursive: true);
}
