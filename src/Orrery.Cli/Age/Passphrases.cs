using System.Text;
using Orrery.Cli.Composition;

namespace Orrery.Cli.Age;

/// <summary>Where passphrases come from: the file that was named, or the person at the terminal.</summary>
internal sealed class Passphrases(Host host, string? file)
{
    private const string Letters = "23456789abcdefghjkmnpqrstuvwxyz";
    private const int Groups = 5;
    private const int LettersPerGroup = 5;
    private const int BytesMax = 64 * 1024;

    /// <summary>A passphrase to encrypt with, asked for twice; an empty answer makes one and shows it.</summary>
    public async Task<string> NewAsync(CancellationToken cancellation)
    {
        if (file is not null)
            return await FromFileAsync(file, cancellation);
        var typed = await AskAsync("Passphrase (empty to have one made): ", cancellation);
        if (typed.Length == 0)
        {
            var made = Make();
            host.Screen.Terminal.Show($"the passphrase that was made, which nobody else has: {made}");
            return made;
        }

        return await AskAsync("Once more: ", cancellation) == typed
            ? typed
            : throw AgeRefusal.Invalid(AgeCodes.NobodyToAsk, "The two passphrases differ, so nothing was done.");
    }

    /// <summary>The passphrase of something that exists.</summary>
    public async Task<string> OfAsync(string what, CancellationToken cancellation)
    {
        var passphrase = file is not null
            ? await FromFileAsync(file, cancellation)
            : await AskAsync($"Passphrase of {what}: ", cancellation);
        return passphrase.Length > 0
            ? passphrase
            : throw AgeRefusal.Invalid(AgeCodes.NobodyToAsk, "An empty passphrase opens nothing.");
    }

    private async Task<string> FromFileAsync(string path, CancellationToken cancellation)
    {
        await using var stream = File.OpenRead(host.FullPath(path));
        var bytes = await AgeSource.ReadAllAsync(stream, BytesMax, cancellation);
        var line = bytes is null ? "" : Encoding.UTF8.GetString(bytes).Split('\n')[0].TrimEnd('\r');
        return line.Length > 0
            ? line
            : throw AgeRefusal.Invalid(
                AgeCodes.NobodyToAsk, $"The first line of '{path}' is empty, or not a passphrase.");
    }

    private async Task<string> AskAsync(string question, CancellationToken cancellation) =>
        host.Screen.Terminal.IsThere
            && await host.Screen.Terminal.AskAsync(question, isSecret: true, cancellation) is { } answer
            ? answer
            : throw AgeRefusal.Invalid(
                AgeCodes.NobodyToAsk, "There is no terminal to ask for the passphrase.",
                "name a file whose first line it is: --passphrase-file FILE");

    // 25 letters of 31: 123 bits, so that nobody tries them all.
    private string Make()
    {
        var text = new StringBuilder();
        var drawn = new byte[1];
        while (text.Length < (Groups * (LettersPerGroup + 1)) - 1)
        {
            if (text.Length % (LettersPerGroup + 1) == LettersPerGroup)
                text.Append('-');
            host.KeyRandom(drawn);
            // Only multiples of the alphabet's length are fair.
            if (drawn[0] < Letters.Length * (256 / Letters.Length))
                text.Append(Letters[drawn[0] % Letters.Length]);
        }

        return text.ToString();
    }
}
