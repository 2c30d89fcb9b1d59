using System.Globalization;
using System.Text;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;
using Orrery.Simulation.Machines.Network;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Programs that fetch from the simulated web.</summary>
internal static class WebPrograms
{
    // curl(1), EXIT CODES.
    private const int CannotResolve = 6;
    private const int HttpError = 22;
    private const int WriteError = 23;
    private const int CannotConnect = 7;

    // Assumed: one round trip with TLS to a server elsewhere.
    private static readonly TimeSpan RoundTrip = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    public static async Work<int> Curl(Invocation call)
    {
        if (Options.Read(call, "fsSLo:OkI46X:H:d:w:vm:i", "fail", "silent", "show-error", "location", "output:",
            "retry:",
            "retry-delay:", "retry-all-errors", "retry-connrefused", "retry-max-time:", "connect-timeout:", "max-time:",
            "create-dirs", "proto:", "tlsv1.2", "insecure", "cacert:", "header:", "fail-with-body", "compressed",
                "remote-name", "cert:", "key:")
            is not { } options)
        {
            return 2;
        }

        if (options.Operands.Count == 0)
        {
            call.Error.Line("curl: (2) no URL specified");
            return 2;
        }

        foreach (var url in options.Operands)
        {
            var output = options.Value("o", "output")
                ?? (options.Has("O", "remote-name") ? url[(url.LastIndexOf('/') + 1)..] : "-");
            var retries = int.TryParse(options.Value("retry"), out var given) ? given : 0;
            var status = await Fetch(call, options, url, output);
            for (; status is CannotConnect or CannotResolve && retries > 0; retries--)
            {
                await call.Scope.Sleep(RetryAfter);
                status = await Fetch(call, options, url, output);
            }

            if (status != 0)
                return status;
        }

        return 0;
    }

    public static async Work<int> Wget(Invocation call)
    {
        if (Options.Read(call, "qO:P:ct:T:nv", "quiet", "output-document:", "https-only", "no-verbose", "tries:",
            "timeout:")
            is not { Operands.Count: > 0 } options)
        {
            return call.Fail("missing URL");
        }

        var url = options.Operands[0];
        var output = options.Value("O", "output-document") ?? call.PathOf(url[(url.LastIndexOf('/') + 1)..]);
        var status = await Fetch(call with { Streams = call.Streams with { Error = Output.Nowhere } }, null, url,
            output);
        if (status == 0)
            return 0;
        // wget(1), EXIT STATUS: 8 the server's refusal, 4 the network.
        call.Error.Line(status == HttpError ? $"{url}: ERROR 404: Not Found."
            : $"wget: unable to resolve host address of {url}");
        return status == HttpError ? 8 : 4;
    }

    private static async Work<int> Fetch(Invocation call, Options? options, string url, string output)
    {
        await call.Scope.Sleep(RoundTrip);
        if (!url.Contains("://", StringComparison.Ordinal))
            url = "http://" + url;
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
            return Failure(call, options, 3, $"URL rejected: Malformed input to a URL function");
        var artefact = address.Host == Metadata.Address ? Metadata.Find(call.Machine, address.AbsolutePath)
            : call.Machine.Surroundings.Web.Find(url);
        if (address.Host is "127.0.0.1" or "localhost")
        {
            if (call.Machine.K3s.Answers(address) is not { } answer)
                return Failure(call, options, CannotConnect,
                    $"Failed to connect to {address.Host} port {address.Port}");
            artefact = new Artefact(Encoding.UTF8.GetBytes(answer), answer.Length, "");
        }
        else if (artefact is null && address.Host != Metadata.Address
            && !call.Machine.Surroundings.Web.KnowsHost(address.Host))
        {
            return Failure(call, options, CannotResolve, $"Could not resolve host: {address.Host}");
        }

        if (artefact is null)
        {
            if (options?.Has("f", "fail", "fail-with-body") ?? true)
                return Failure(call, options, HttpError, "The requested URL returned error: 404");
            artefact = new Artefact("404: Not Found\n"u8.ToArray(), 15, "");
        }

        await call.Scope.Sleep(TimeSpan.FromSeconds(
            (double)artefact.SizeBytes / call.Machine.Surroundings.Latencies.DownloadBytesPerSecond));
        call.Machine.Note(MachineEventKind.Downloaded, call.Cause, url);
        return Write(call, options, output, artefact);
    }

    private static int Write(Invocation call, Options? options, string output, Artefact artefact)
    {
        if (output == "-")
        {
            call.Out.Write(artefact.Content.ToArray());
            return 0;
        }

        if (output == "/dev/null")
            return 0;
        var path = call.PathOf(output);
        try
        {
            if (options?.Has("create-dirs") ?? false)
                call.Files.MakeFolders(path[..path.LastIndexOf('/')]);
            if (artefact.SizeBytes > call.Machine.Room(call.Files.Holding(path)))
                throw FileException.NoSpace;
            call.Files.Write(path, artefact.Content.ToArray());
            return 0;
        }
        catch (FileException exception)
        {
            return Failure(call, options, WriteError, $"Failure writing output to destination: {exception.Message}");
        }
    }

    private static int Failure(Invocation call, Options? options, int code, string message)
    {
        if (options is null || !options.Has("s", "silent") || options.Has("S", "show-error"))
            call.Error.Line(string.Create(CultureInfo.InvariantCulture, $"curl: ({code}) {message}"));
        return code;
    }
}
