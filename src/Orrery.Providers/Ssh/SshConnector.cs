using Orrery.Engine.Ports;

namespace Orrery.Providers.Ssh;

/// <summary>
/// Reaches API servers directly, or through the machine on whose loopback they listen. TLS is the wire's, from end to
/// end: the machine in between sees nothing of it.
/// </summary>
/// <param name="wire">
/// Makes the handler for a connection; the second is how its streams are opened, null for plain sockets.
/// </param>
public sealed class SshConnector(
    SshClient ssh, Func<Connection, Func<CancellationToken, Task<Stream>>?, HttpMessageHandler> wire) : IConnector
{
    public HttpMessageHandler Open(Connection connection) => wire(
        connection,
        connection.Through is { } host
            ? cancellation => ssh.ForwardAsync(
                host, connection.Server.DnsSafeHost, connection.Server.Port, cancellation)
            : null);
}
