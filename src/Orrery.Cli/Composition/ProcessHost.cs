using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Keys;
using Orrery.Providers.Kubernetes;
using Orrery.Providers.Processes;

namespace Orrery.Cli.Composition;

/// <summary>
/// The real process: its clock, environment, terminal and network. Nothing is made before it is used.
/// </summary>
internal static class ProcessHost
{
#pragma warning disable RS0030 // The one place that composes the real clock.
    private static readonly TimeProvider Time = TimeProvider.System;
#pragma warning restore RS0030

    public static Host Create() => new()
    {
        Time = Time,
        Random = new SystemRandom(),
        KeyRandom = RandomNumberGenerator.Fill,
        Environment = Environment.GetEnvironmentVariable,
        Transport = static () => new SocketsHttpHandler
        {
            // A name may lead elsewhere later; the default keeps a connection for as long as it is used.
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            AllowAutoRedirect = false,
            UseCookies = false,
        },
        Processes = static guard => new ProcessRunner(Time, Environment.GetEnvironmentVariable, guard),
        Wire = KubernetesWire.Direct,
        Keys = new FrameworkKeys(),
        Folder = Environment.CurrentDirectory,
        Holder = static () => $"{Environment.UserName}@{Environment.MachineName}, process {Environment.ProcessId}",
        Screen = CreateScreen(),
        Relaunch = Composition.Relaunch.WithOneWorkerAsync,
        OnInterrupt = static action => new Signals(action),
    };

#pragma warning disable RS0030 // The one place that opens the terminal.
    private static Screen CreateScreen()
    {
        var colour = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"))
            && Environment.GetEnvironmentVariable("TERM") != "dumb";
        var errorIsTerminal = !Console.IsErrorRedirected;
        return new Screen
        {
            // Console.Out and Console.Error would prepare the terminal for drawing, which costs time at each start.
            Out = Writer(Console.OpenStandardOutput()),
            Error = Writer(Console.OpenStandardError()),
            In = new LazyInput(),
            CanAsk = errorIsTerminal && !Console.IsInputRedirected,
            IsLive = errorIsTerminal && Environment.GetEnvironmentVariable("TERM") != "dumb",
            ColourOut = colour && !Console.IsOutputRedirected,
            ColourError = colour && errorIsTerminal,
            InBytes = Console.OpenStandardInput,
            OutBytes = Console.OpenStandardOutput,
        };
    }

#pragma warning restore RS0030

    private static StreamWriter Writer(Stream stream) =>
        new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    private sealed class LazyInput : TextReader
    {
#pragma warning disable RS0030 // As above.
        public override string? ReadLine() => Console.In.ReadLine();
#pragma warning restore RS0030
    }

    private sealed class SystemRandom : IRandomSource
    {
        /// <summary>As many random bits as a double between 0 and 1 holds.</summary>
        private const int Bits = 53;

        public double NextDouble()
        {
            Span<byte> bytes = stackalloc byte[sizeof(ulong)];
            RandomNumberGenerator.Fill(bytes);
            return (BitConverter.ToUInt64(bytes) >> (64 - Bits)) / (double)(1UL << Bits);
        }

        public void Fill(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
    }

    /// <summary>Ctrl-C, and the polite end that service managers and CI systems send.</summary>
    private sealed class Signals(Action action) : IDisposable
    {
        private readonly PosixSignalRegistration[] _registrations =
        [
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Handle(context, action)),
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Handle(context, action)),
        ];

        public void Dispose()
        {
            foreach (var registration in _registrations)
                registration.Dispose();
        }

        private static void Handle(PosixSignalContext context, Action action)
        {
            context.Cancel = true;
            action();
        }
    }
}
