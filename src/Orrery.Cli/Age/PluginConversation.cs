using System.Text;
using Orrery.Cli.Composition;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Plugins;

namespace Orrery.Cli.Age;

/// <summary>Carries a dialogue between us, the program of a plugin, and the user.</summary>
internal sealed class PluginConversation(Host host)
{
    // What a plugin may say at most, in all: a limit of ours, far above any header.
    private const int BytesMax = 4 * AgeHeader.BytesMax;

    /// <summary>How long a plugin may take to end after the last word.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    /// <summary>Speaks until the plugin is done. Refuses with an <see cref="AgeRefusal"/>.</summary>
    public async Task HoldAsync(PluginKey key, PluginDialogue dialogue, CancellationToken cancellation)
    {
        try
        {
            // Nothing of a platform is changed, so there is no lease to hold.
            await using var process = await host.Processes(NoWriter.Instance).StartAsync(
                new ProcessRequest { Program = key.Program, Arguments = [dialogue.Argument], Grace = Grace },
                cancellation);
            try
            {
                await process.Stream.WriteAsync(dialogue.Opening, cancellation);
                await process.Stream.FlushAsync(cancellation);
                await AnswerAsync(key, dialogue, process.Stream, cancellation);
            }
            catch (IOException)
            {
                throw EndedEarly(key, process.Error);
            }
            catch (EndOfStreamReached)
            {
                await Task.WhenAny(process.Ended, Task.Delay(Grace, host.Time, cancellation));
                throw EndedEarly(key, process.Error);
            }
        }
        catch (ProviderException exception)
        {
            throw AgeRefusal.Failed(
                AgeCodes.Plugin, exception.Message,
                "plugins that there are: https://age-encryption.org/awesome#plugins");
        }
        catch (AgeException exception)
        {
            var said = exception.Failure == AgeFailure.Plugin
                ? $"{exception.Message}."
                : $"the plugin {key.Program} said what is no stanza.";
            throw AgeRefusal.Failed(AgeCodes.Plugin, said);
        }
    }

    private async Task AnswerAsync(
        PluginKey key, PluginDialogue dialogue, Stream stream, CancellationToken cancellation)
    {
        var lines = new Lines(stream);
        var parser = new StanzaParser();
        while (true)
        {
            if (parser.Add(await lines.NextAsync(dialogue, cancellation)) is not { } said)
                continue;
            var step = dialogue.On(said);
            if (step is PluginStep.Done)
                return;
            await stream.WriteAsync(PluginDialogue.Write(await DoAsync(key, step, cancellation)), cancellation);
            await stream.FlushAsync(cancellation);
        }
    }

    private async Task<Stanza> DoAsync(PluginKey key, PluginStep step, CancellationToken cancellation)
    {
        var terminal = host.Screen.Terminal;
        switch (step)
        {
            case PluginStep.Answer answer:
                return answer.Stanza;
            case PluginStep.Show show:
                host.Screen.Tell($"{key.Program}: {show.Message}\n");
                return PluginDialogue.Ok;
            case PluginStep.Ask ask when terminal.IsThere:
                var value = await terminal.AskAsync($"{key.Program}: {ask.Message} ", ask.IsSecret, cancellation);
                return value is null ? PluginDialogue.Fail : PluginDialogue.Value(value);
            case PluginStep.Confirm confirm when terminal.IsThere:
                var choices = confirm.No is null ? $"[1] {confirm.Yes}" : $"[1] {confirm.Yes}, [2] {confirm.No}";
                var chosen = await terminal.AskAsync(
                    $"{key.Program}: {confirm.Message} ({choices}) ", isSecret: false, cancellation);
                return chosen?.Trim() switch
                {
                    "1" => PluginDialogue.Chosen(yes: true),
                    "2" when confirm.No is not null => PluginDialogue.Chosen(yes: false),
                    _ => PluginDialogue.Fail,
                };
            default:
                // Nobody is there; the plugin decides whether it can do without.
                return PluginDialogue.Fail;
        }
    }

    // What it says on standard error is its own, and the only reason that there is.
    private static AgeRefusal EndedEarly(PluginKey key, string error)
    {
        var last = error.Trim().Split('\n')[^1];
        var said = last.Length == 0 ? "" : $" It said: {new string([.. last.Where(c => !char.IsControl(c))])}";
        return AgeRefusal.Failed(AgeCodes.Plugin, $"The plugin {key.Program} ended before it was done.{said}");
    }

    private sealed class EndOfStreamReached : Exception;

    /// <summary>The lines of a stream, each ended by a line feed.</summary>
    private sealed class Lines(Stream stream)
    {
        private readonly byte[] _block = new byte[16 * 1024];
        private readonly StringBuilder _line = new();
        private int _at;
        private int _length;
        private int _total;

        public async Task<string> NextAsync(PluginDialogue dialogue, CancellationToken cancellation)
        {
            while (true)
            {
                for (; _at < _length; _at++)
                {
                    if (_block[_at] != '\n')
                    {
                        _line.Append((char)_block[_at]);
                        continue;
                    }

                    _at++;
                    var line = _line.ToString();
                    _line.Clear();
                    return line;
                }

                _at = 0;
                _length = await stream.ReadAsync(_block, cancellation).AsTask().WaitAsync(cancellation);
                _total += _length;
                if (_length == 0)
                    throw new EndOfStreamReached();
                if (_total > BytesMax)
                    throw dialogue.Refused("says more than there is to say");
            }
        }
    }
}
