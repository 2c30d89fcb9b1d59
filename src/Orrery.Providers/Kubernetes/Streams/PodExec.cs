using System.Buffers;
using System.Globalization;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes.Streams;

/// <summary>Runs a command in a pod over a WebSocket.</summary>
internal sealed class PodExec(KubernetesHttp http, TimeProvider time)
{
    private const byte Input = 0;
    private const byte Output = 1;
    private const byte Error = 2;
    private const byte Ended = 3;
    private const byte CloseChannel = 255;

    /// <summary>The first one can end the input; servers before 1.29 know only the second.</summary>
    private const string Newest = "v5.channel.k8s.io";
    private const string Older = "v4.channel.k8s.io";

    private const int StatusBytesMax = 64 * 1024;

    public async Task<PodCommandResult> RunAsync(PodCommand command, CancellationToken cancellation)
    {
        using var limit = new CancellationTokenSource(command.Timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, limit.Token);
        try
        {
            using var socket = await ChannelSocket.OpenAsync(
                http, new ChannelRequest(PathOf(command), command.Changes) { Operation = command.Operation },
                [Newest, Older], either.Token);
            var streams = new Streams(command.OutputBytesMax);
            // Both at once: a command may fill its output before it has read its input.
            await Task.WhenAll(
                ReadAsync(socket, streams, either.Token), WriteAsync(socket, command, either.Token));
            return streams.ToResult(ExitCodeOf(command, streams.Status));
        }
        catch (OperationCanceledException exception)
            when (limit.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new ProviderException(
                ProviderErrorCode.Timeout,
                $"'{command.Command[0]}' in the pod {command.Namespace}/{command.Pod} did not end within"
                + $" {command.Timeout.TotalSeconds:0} s",
                exception);
        }
        catch (WebSocketException exception)
        {
            throw new ProviderException(
                ProviderErrorCode.Unavailable,
                $"the connection to the pod {command.Namespace}/{command.Pod} broke while '{command.Command[0]}' ran",
                exception);
        }
    }

    private static string PathOf(PodCommand command)
    {
        var query = new StringBuilder("stdout=true&stderr=true");
        if (command.Input.Length > 0)
            query.Append("&stdin=true");
        if (command.Container is { } container)
            query.Append("&container=").Append(Uri.EscapeDataString(container));
        foreach (var word in command.Command)
            query.Append("&command=").Append(Uri.EscapeDataString(word));
        return $"{KubernetesClient.PodPath(command.Namespace, command.Pod)}/exec?{query}";
    }

    private static async Task WriteAsync(ChannelSocket socket, PodCommand command, CancellationToken cancellation)
    {
        if (command.Input.IsEmpty)
            return;
        if (socket.Protocol != Newest)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid,
                $"this API server speaks '{socket.Protocol}', which cannot end the input of a command in the pod"
                + $" {command.Namespace}/{command.Pod}: it needs Kubernetes 1.29 or newer");
        }

        await socket.SendAsync(Input, command.Input, cancellation);
        await socket.SendAsync(CloseChannel, new byte[] { Input }, cancellation);
    }

    private static async Task ReadAsync(ChannelSocket socket, Streams streams, CancellationToken cancellation)
    {
        byte? channel = null;
        while (await socket.ReceiveAsync(cancellation) is { } piece)
        {
            var bytes = piece.Bytes;
            if (channel is null && bytes.Length > 0)
            {
                channel = bytes.Span[0];
                bytes = bytes[1..];
            }

            streams.Add(channel ?? 0, bytes.Span);
            if (!piece.IsLast)
                continue;
            // The status is the last word; some servers leave the connection open after it.
            if (channel == Ended)
                return;
            channel = null;
        }
    }

    private int ExitCodeOf(PodCommand command, string status)
    {
        var read = TryRead(status) ?? throw new ProviderException(
            ProviderErrorCode.Unavailable,
            $"the API server of {http.Cluster} did not say how '{command.Command[0]}' in the pod"
            + $" {command.Namespace}/{command.Pod} ended");
        if (read.Text("status") == "Success")
            return 0;
        var told = KubernetesStatus.Read(read);
        var code = told.Causes.FirstOrDefault(cause => cause.Reason == "ExitCode")?.Message;
        if (int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number;
        throw new ProviderException(
            ProviderErrorCode.Invalid,
            $"'{command.Command[0]}' could not be run in the pod {command.Namespace}/{command.Pod}:"
            + $" {KubernetesErrors.Shorten(told.Message)}",
            new KubernetesRefusal(told));
    }

    private static JsonObject? TryRead(string status)
    {
        try
        {
            return status.Length == 0 ? null : JsonNode.Parse(status) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What came so far, each up to its limit.</summary>
    private sealed class Streams(int bytesMax)
    {
        private readonly ArrayBufferWriter<byte> _output = new();
        private readonly ArrayBufferWriter<byte> _error = new();
        private readonly ArrayBufferWriter<byte> _status = new();

        public string Status => Encoding.UTF8.GetString(_status.WrittenSpan);

        public void Add(byte channel, ReadOnlySpan<byte> bytes)
        {
            var (stream, max) = channel switch
            {
                Output => (_output, bytesMax),
                Error => (_error, bytesMax),
                Ended => (_status, StatusBytesMax),
                _ => (null, 0),
            };
            stream?.Write(bytes[..Math.Min(bytes.Length, max - stream.WrittenCount)]);
        }

        public PodCommandResult ToResult(int exitCode) =>
            new(exitCode, _output.WrittenMemory, Encoding.UTF8.GetString(_error.WrittenSpan));
    }
}
