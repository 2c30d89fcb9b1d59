// The one file that starts programs: everything else asks an IProcessRunner.
#pragma warning disable RS0030
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Processes;

/// <summary>A program that we started. Disposing ends it together with all that it started itself.</summary>
internal sealed class Child : IRunningProcess
{
    /// <summary>
    /// How long its pipes may stay open after its end: a program that it left behind may hold them for ever.
    /// </summary>
    private static readonly TimeSpan PipesAfterEnd = TimeSpan.FromSeconds(2);

    private readonly Process _process;
    private readonly ProcessRequest _request;
    private readonly TimeProvider _time;
    private readonly BoundedOutput _error;
    private readonly Task _errorRead;
    private int _disposed;

    private Child(Process process, ProcessRequest request, TimeProvider time)
    {
        _process = process;
        _request = request;
        _time = time;
        Stream = new DuplexStream(process.StandardOutput.BaseStream, process.StandardInput.BaseStream);
        _error = new BoundedOutput(request.OutputBytesMax, keepsEnd: true);
        _errorRead = _error.DrainAsync(process.StandardError.BaseStream, CancellationToken.None);
        Ended = EndAsync();
    }

    public Stream Stream { get; }

    public string Error => Encoding.UTF8.GetString(_error.Bytes.Span);

    public Task<int> Ended { get; }

    public static Child Start(ProcessRequest request, ChildEnvironment environment, TimeProvider time)
    {
        var start = InfoOf(request, environment);
        start.CreateNoWindow = true;
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return new Child(Start(start), request, time);
    }

    /// <summary>Lends it our terminal until it ends; gives its exit code.</summary>
    public static async Task<int> RunAttachedAsync(
        ProcessRequest request, ChildEnvironment environment, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var process = Start(InfoOf(request, environment));
        try
        {
            await process.WaitForExitAsync(cancellation);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            Kill(process);
            throw;
        }
    }

    /// <summary>Gives it its input and waits for its end.</summary>
    public async Task<ProcessResult> RunAsync(CancellationToken cancellation)
    {
        var output = new BoundedOutput(_request.OutputBytesMax, keepsEnd: false);
        var drained = output.DrainAsync(Stream, cancellation);
        var fed = FeedAsync(cancellation);
        var code = await Ended.WaitAsync(cancellation);
        await AtMostAsync(PipesAfterEnd, drained, cancellation);
        // A program that has ended reads no more; the pipe may be held open by one that it left behind.
        await AtMostAsync(PipesAfterEnd, fed, cancellation);
        return new ProcessResult(code, output.Bytes, Error) { IsCut = output.IsCut };
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
            return;
        if (_request.Grace > TimeSpan.Zero)
        {
            CloseInput();
            await AtMostAsync(_request.Grace, Ended, CancellationToken.None);
        }

        Kill(_process);
        await AtMostAsync(PipesAfterEnd, Ended, CancellationToken.None);
        await Stream.DisposeAsync();
        _process.Dispose();
    }

    private async Task FeedAsync(CancellationToken cancellation)
    {
        try
        {
            await Stream.WriteAsync(_request.Input, cancellation);
            await Stream.FlushAsync(cancellation);
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            // It ended without reading all; its exit code says whether that was right.
        }

        CloseInput();
    }

    private void CloseInput()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // Already gone, which is what closing is for.
        }
    }

    private async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(CancellationToken.None);
        await AtMostAsync(PipesAfterEnd, _errorRead, CancellationToken.None);
        return _process.ExitCode;
    }

    private static ProcessStartInfo InfoOf(ProcessRequest request, ChildEnvironment environment)
    {
        var start = new ProcessStartInfo(environment.Locate(request.Program), request.Arguments)
        {
            UseShellExecute = false,
            WorkingDirectory = request.Folder ?? "",
        };
        start.Environment.Clear();
        foreach (var (name, value) in environment.For(request))
            start.Environment[name] = value;
        return start;
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)
                ?? throw new InvariantException("a program that is started without a shell is a process");
        }
        catch (Exception exception) when (exception is ExternalException or IOException)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid,
                $"the program '{start.FileName}' cannot be started: {exception.Message}",
                exception);
        }
    }

    // Also what it started: ssh started by git, a shell's background jobs.
    private static void Kill(Process process)
    {
        try
        {
            process.Kill(entireProcessTree: true);
        }
        catch (Exception exception)
            when (exception is InvalidOperationException or ExternalException or AggregateException)
        {
            // It ended by itself in this moment.
        }
    }

    private async Task AtMostAsync(TimeSpan limit, Task task, CancellationToken cancellation)
    {
        try
        {
            await task.WaitAsync(limit, _time, cancellation);
        }
        catch (TimeoutException)
        {
            // Goes on without it.
        }
    }
}
