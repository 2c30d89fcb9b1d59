using Orrery.Cli.Composition;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;

namespace Orrery.Cli.Secrets;

/// <summary>A file that a verb is about: its bytes as they were read, and its format.</summary>
internal sealed record SecretFile(string Shown, string Path, SopsFormat Format, byte[] Bytes)
{
    public const string StandardInput = "-";

    /// <summary>Reads it; where it is not there, the exit code is that of wrong usage.</summary>
    /// <param name="type">The format as named by the user; null where the name says it.</param>
    public static SecretFile Read(Host host, string shown, string? type)
    {
        if (shown == StandardInput)
            return new SecretFile("standard input", host.FullPath("input"), FormatOf(type, ""), ReadInput(host));
        var path = host.FullPath(shown);
        if (!File.Exists(path))
        {
            throw new SecretRefusal(
                CliCodes.NoSuchPath.At(null, $"There is no file '{shown}'."), ExitCode.Invalid);
        }

        if (new FileInfo(path).Length > SopsFile.BytesMax)
            throw SecretRefusal.Of(shown, new SopsException(SopsFailure.Malformed, "the file is too large for SOPS"));
        return new SecretFile(shown, path, FormatOf(type, path), File.ReadAllBytes(path));
    }

    public static SopsFormat FormatOf(string? type, string path) => type switch
    {
        null => SopsFormats.OfPath(path),
        _ => Enum.Parse<SopsFormat>(type, ignoreCase: true),
    };

    public static byte[] ReadInput(Host host)
    {
        using var input = host.Screen.InBytes();
        using var all = new MemoryStream();
        var buffer = new byte[64 * 1024];
        for (var read = input.Read(buffer); read > 0; read = input.Read(buffer))
        {
            all.Write(buffer, 0, read);
            if (all.Length > SopsFile.BytesMax)
            {
                throw SecretRefusal.Of(
                    "standard input", new SopsException(SopsFailure.Malformed, "it is too large for SOPS"));
            }
        }

        return all.ToArray();
    }

    public SopsDocument Open(Host host) => Open(host, keys => SopsFile.Open(Bytes, Format, keys));

    /// <summary>Opens it with the identities at hand; where none fits, what is wrong with others is told.</summary>
    public T Open<T>(Host host, Func<IReadOnlyList<IKeyHolder>, T> open)
    {
        var keys = SopsIdentities.Find(host);
        try
        {
            return open(keys.Identities);
        }
        catch (SopsException exception) when (exception.Failure == SopsFailure.NoKey && keys.Problems.Count > 0)
        {
            throw SecretRefusal.Of(
                Shown,
                new SopsException(exception.Failure, $"{exception.Message}; {string.Join("; ", keys.Problems)}"));
        }
        catch (Exception exception) when (exception is SopsException or AgeException)
        {
            throw Refused(exception);
        }
    }

    /// <summary>Does something with what was opened; what is refused is told of this file.</summary>
    public T Try<T>(Func<T> act)
    {
        try
        {
            return act();
        }
        catch (Exception exception) when (exception is SopsException or AgeException)
        {
            throw Refused(exception);
        }
    }

    /// <summary>Puts other bytes in its place, all at once; refused where somebody else wrote it meanwhile.</summary>
    public void Replace(byte[] bytes)
    {
        if (bytes.AsSpan().SequenceEqual(Bytes))
            return;
        if (!File.Exists(Path) || !File.ReadAllBytes(Path).AsSpan().SequenceEqual(Bytes))
        {
            throw new SecretRefusal(SecretCodes.Moved.At(
                null,
                $"'{Shown}' is not as it was when it was read, and was left as it is.",
                ["run the command again"]));
        }

        Write(Path, bytes);
    }

    /// <summary>Writes a whole file beside its place and moves it there; keeps who may read it.</summary>
    public static void Write(string path, byte[] bytes)
    {
        if (File.Exists(path))
            path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var temporary = $"{path}.new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows() && File.Exists(path))
            options.UnixCreateMode = File.GetUnixFileMode(path);
        try
        {
            using (var stream = new FileStream(temporary, options))
            {
                stream.Write(bytes);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    private SecretRefusal Refused(Exception exception) => SecretRefusal.Of(
        Shown, exception as SopsException ?? new SopsException(SopsFailure.DataKey, exception.Message));
}
