using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Ssh;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Providers.Ssh;

/// <summary>Files that are put on a machine over SSH.</summary>
public sealed class SshDeliveryTests : IAsyncLifetime
{
    private static readonly OperationContext Quiet =
        OperationContext.Silent(ResourceAddress.Of("prod", "machine/boot", "cosmos-0"));

    private SshServer _server = null!;

    public async Task InitializeAsync()
    {
        if (File.Exists(SshServer.Program))
            _server = await SshServer.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_server is not null)
            await _server.DisposeAsync();
    }

    [ProgramFact("sshd")]
    public async Task A_file_arrives_whole_with_its_mode()
    {
        var content = new byte[200_000];
        new Random(7).NextBytes(content);
        var path = PathOf("it's $HOME.bin");
        foreach (var mode in new[] { "0600", "0644" })
        {
            await _server.Client.DeliverAsync(_server.Host, new SshFile(path, content) { Mode = mode }, Quiet, default);

            (await File.ReadAllBytesAsync(path)).ShouldBe(content);
            UnixMode.Of(path).ShouldBe(mode);
        }

        Directory.GetFiles(Path.GetDirectoryName(path)!, ".orrery.*").ShouldBeEmpty();
    }

    [ProgramFact("sshd")]
    public async Task A_file_gets_its_owner()
    {
        var path = PathOf("acme.json");
        var owner = Environment.UserName == "root" ? "65532:65532" : Environment.UserName;
        await _server.Client.DeliverAsync(
            _server.Host, new SshFile(path, "{}"u8.ToArray()) { Owner = owner }, Quiet, default);

        var shown = await _server.Client.RunAsync(
            _server.Host, new SshCommand(SshScript.Of("stat -c '%a %u' -- \"$1\"", path)), Quiet, default);

        var uid = Environment.UserName == "root" ? "65532" : null;
        Encoding.UTF8.GetString(shown.Output.Span).ShouldBe($"600 {uid ?? await IdAsync()}\n");
    }

    [ProgramFact("sshd")]
    public async Task An_empty_file_arrives()
    {
        var path = PathOf("empty");
        await _server.Client.DeliverAsync(_server.Host, new SshFile(path, default), Quiet, default);
        (await File.ReadAllBytesAsync(path)).ShouldBeEmpty();
    }

    [ProgramFact("sshd")]
    public async Task Content_that_arrives_incomplete_changes_nothing()
    {
        var path = PathOf("token");
        await File.WriteAllTextAsync(path, "old");
        var wrong = new SshCommand(SshScript.ToDeliver(new SshFile(path, default)))
        {
            Input = Encoding.ASCII.GetBytes($"{new string('0', 64)}\nnew"),
        };

        var refused = await _server.Client.RunAsync(_server.Host, wrong, Quiet, default)
            .ShouldThrowAsync<ProviderException>();

        refused.Message.ShouldEndWith("exit code 74 (the content arrived incomplete)");
        (await File.ReadAllTextAsync(path)).ShouldBe("old");
        Directory.GetFiles(Path.GetDirectoryName(path)!).ShouldBe([path]);
    }

    [ProgramFact("sshd")]
    public async Task A_folder_that_is_missing_is_told()
    {
        var refused = await _server.Client.DeliverAsync(
            _server.Host, new SshFile(PathOf("no/such/file"), default), Quiet, default)
            .ShouldThrowAsync<ProviderException>();
        refused.Code.ShouldBe(ProviderErrorCode.ActionFailed);
        refused.Message.ShouldContain("No such file or directory");
    }

    // Not even its digest, from which a weak secret could be guessed.
    [Fact]
    public void Content_stands_in_no_argument()
    {
        var content = "planted-secret-content"u8.ToArray();
        var words = SshScript.ToDeliver(new SshFile("/etc/token", content));
        words.ShouldNotContain("planted-secret-content");
        words.ShouldNotContain(Convert.ToHexStringLower(SHA256.HashData(content)));
    }

    [Theory]
    [InlineData("relative", "0600")]
    [InlineData("/folder/", "0600")]
    [InlineData("/file", "u+x")]
    [InlineData("/file", "0800")]
    public async Task What_is_no_file_is_refused(string path, string mode)
    {
        await using var client = new SshClient(SshServer.Runner, TimeProvider.System, null);
        var refused = await client.DeliverAsync(
            new SshHost("127.0.0.1", 22, "root", ["ssh-ed25519 AAAA"]), new SshFile(path, default) { Mode = mode },
            Quiet, default).ShouldThrowAsync<ProviderException>();
        refused.Code.ShouldBe(ProviderErrorCode.Invalid);
    }

    private string PathOf(string name)
    {
        var folder = Path.Combine(_server.Folder, "files");
        Directory.CreateDirectory(folder);
        return Path.Combine(folder, name);
    }

    private async Task<string> IdAsync()
    {
        var result = await _server.Client.RunAsync(_server.Host, new SshCommand("id -u"), Quiet, default);
        return Encoding.UTF8.GetString(result.Output.Span).Trim();
    }
}
