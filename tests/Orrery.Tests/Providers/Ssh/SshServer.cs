using System.Net;
using System.Net.Sockets;
using Orrery.Engine.Ports;
using Orrery.Providers.Processes;
using Orrery.Providers.Ssh;
using Orrery.Secrets.Ssh;
using Orrery.Tests.Engine;
using Orrery.Tests.Programs;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Providers.Ssh;

/// <summary>A real sshd on loopback, as the current user, with keys and configuration of its own.</summary>
internal sealed class SshServer : IAsyncDisposable
{
    public const string Program = "/usr/sbin/sshd";

    private readonly IRunningProcess _process;

    private SshServer(string folder, IRunningProcess process, SshHost host, SshKeyPair user)
    {
        Folder = folder;
        _process = process;
        Host = host;
        User = user;
        Client = new SshClient(Runner, TimeProvider.System, user.ExportPrivateKey());
    }

    /// <summary>A folder that goes with the server.</summary>
    public string Folder { get; }

    public SshHost Host { get; }

    /// <summary>The key that is let in.</summary>
    public SshKeyPair User { get; }

    /// <summary>Logs in with that key.</summary>
    public SshClient Client { get; }

    public static ProcessRunner Runner { get; } =
        new(TimeProvider.System, Environment.GetEnvironmentVariable, FreeWriter.Instance);

    public static async Task<SshServer> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("orrery-sshd-").FullName;
        var hostKey = SshKeyPair.Generate(SeededRandom.From(1), "host");
        var user = SshKeyPair.Generate(SeededRandom.From(2), "user");
        var port = FreePort();
        WritePrivate(Path.Combine(folder, "host"), hostKey.ExportPrivateKey());
        WritePrivate(Path.Combine(folder, "authorized"), $"{user.PublicKey}\n");
        WritePrivate(
            Path.Combine(folder, "config"),
            $"""
            Port {port}
            ListenAddress 127.0.0.1
            HostKey {folder}/host
            AuthorizedKeysFile {folder}/authorized
            StrictModes no
            UsePAM no
            PasswordAuthentication no
            KbdInteractiveAuthentication no
            PermitRootLogin yes
            PidFile none

            """);
        // Where Debian's sshd of root separates its privileges; its unit makes it, and no unit runs here.
        if (Environment.UserName == "root")
            Directory.CreateDirectory("/run/sshd");
        var process = await Runner.StartAsync(
            new ProcessRequest { Program = Program, Arguments = ["-D", "-e", "-f", $"{folder}/config"] }, default);
        var host = new SshHost("127.0.0.1", port, Environment.UserName, [hostKey.PublicKey]);
        await Eventually.HoldsAsync(
            () => process.Error.Contains("Server listening", StringComparison.Ordinal), "sshd listens");
        return new SshServer(folder, process, host, user);
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        await _process.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static void WritePrivate(string path, string text)
    {
        File.WriteAllText(path, text);
        UnixMode.Set(path, "0600");
    }
}
