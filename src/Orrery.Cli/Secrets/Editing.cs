using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Values;
using Orrery.Secrets.Sops;

namespace Orrery.Cli.Secrets;

/// <summary>
/// Lets somebody edit a plain text in an editor and gives what they made of it, encrypted. What fails can be tried
/// again; nothing that was typed is lost.
/// </summary>
/// <param name="path">Where the encrypted file belongs.</param>
/// <param name="take">Encrypts an edited text; refused with a <see cref="SopsException"/> where it cannot be
/// read.</param>
/// <param name="keep">Encrypts any bytes for the same readers.</param>
internal sealed class Editing(Host host, string path, Func<byte[], byte[]> take, Func<byte[], byte[]> keep)
{
    private static readonly string[] EditorVariables = ["SOPS_EDITOR", "VISUAL", "EDITOR"];

    /// <summary>What editors need beside what every program gets.</summary>
    private static readonly ValueList<string> Inherited =
        new[] { "COLORTERM", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "TERMINFO", "XDG_CONFIG_HOME", "VIMINIT" }
            .ToValueList();

    private readonly string _shown = Path.GetRelativePath(host.Folder, path);

    /// <summary>The new file; null where the text was left as it was.</summary>
    public async Task<byte[]?> RunAsync(byte[] plain, CancellationToken cancellation)
    {
        using var folder = PrivateFolder.Create(host);
        var file = folder.Write(Path.GetFileName(path), plain);
        while (true)
        {
            var problem = await StartEditorAsync(file, cancellation);
            var edited = File.Exists(file) ? await File.ReadAllBytesAsync(file, cancellation) : plain;
            if (problem is null && edited.AsSpan().SequenceEqual(plain))
                return null;
            try
            {
                if (problem is null)
                    return take(edited);
            }
            catch (SopsException exception)
            {
                problem = SecretRefusal.Of(_shown, exception).Diagnostic.Detail;
            }

            host.Screen.Report(SecretCodes.EditFailed.At(null, problem));
            if (!await AskAgainAsync(cancellation))
                throw NotTaken(edited.AsSpan().SequenceEqual(plain) ? null : edited);
        }
    }

    /// <summary>Null where the editor ended well.</summary>
    private async Task<string?> StartEditorAsync(string file, CancellationToken cancellation)
    {
        var words = EditorVariables.Select(host.Environment).FirstOrDefault(text => !string.IsNullOrWhiteSpace(text))
            ?? "vi";
        var command = words.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        // Ctrl-C is for the editor; the plain text must still be wiped.
        using var interrupts = host.OnInterrupt(static () => { });
        try
        {
            var result = await host.Processes(NoWriter.Instance).RunAsync(
                new ProcessRequest
                {
                    Program = command[0],
                    Arguments = command.Skip(1).Append(file).ToValueList(),
                    Inherited = Inherited,
                    IsAttached = true,
                },
                cancellation);
            return result.ExitCode == 0 ? null : $"The editor '{command[0]}' ended with {result.ExitCode}.";
        }
        catch (ProviderException exception)
        {
            return $"The editor '{command[0]}' cannot be started: {exception.Message}.";
        }
    }

    private async Task<bool> AskAgainAsync(CancellationToken cancellation)
    {
        if (!host.Screen.CanAsk)
            return false;
        host.Screen.Tell("\nEdit again? [Y/n] ");
        // Reading a line cannot be cancelled, waiting for it can.
        var answer = await Task.Run(host.Screen.In.ReadLine, cancellation).WaitAsync(cancellation);
        return answer?.Trim() is "" or "y" or "Y" or "yes";
    }

    private SecretRefusal NotTaken(byte[]? edited)
    {
        if (edited is null)
        {
            return new SecretRefusal(SecretCodes.EditFailed.At(
                null, $"'{_shown}' is as it was.", ["name another editor: export EDITOR=nano"]));
        }

        var kept = $"{path}.unsaved";
        SecretFile.Write(kept, keep(edited));
        var shown = Path.GetRelativePath(host.Folder, kept);
        return new SecretRefusal(SecretCodes.EditFailed.At(
            null,
            $"'{_shown}' is as it was; what was typed stands encrypted in '{shown}'.",
            ["see it:", $"  orrery secret decrypt --type binary {shown}"]));
    }
}
