using System.Text;
using Orrery.Secrets.Age.Encodings;

namespace Orrery.Secrets.Age;

/// <summary>Reads stanzas line by line, in headers and in the dialogue with plugins alike.</summary>
public sealed class StanzaParser
{
    private readonly StringBuilder _body = new();
    private string[]? _arguments;

    /// <summary>Whether a stanza has begun that has not ended.</summary>
    public bool IsWithin => _arguments is not null;

    /// <summary>
    /// The stanza that this line ends, or null where more must come. Refuses with an <see cref="AgeException"/>.
    /// </summary>
    public Stanza? Add(string line)
    {
        if (_arguments is null)
        {
            _arguments = ArgumentsOf(line);
            return null;
        }

        if (line.Length > Stanza.BodyColumns)
            throw AgeHeader.Malformed("a stanza's body has a line of more than 64 columns");
        _body.Append(line);
        if (line.Length == Stanza.BodyColumns)
            return null;

        var bytes = UnpaddedBase64.Decode(_body.ToString())
            ?? throw AgeHeader.Malformed("a stanza's body is not canonical base64");
        var stanza = new Stanza(_arguments[0], _arguments[1..], bytes);
        _arguments = null;
        _body.Clear();
        return stanza;
    }

    private static string[] ArgumentsOf(string line)
    {
        if (!line.StartsWith("-> ", StringComparison.Ordinal))
            throw AgeHeader.Malformed("a line stands where a stanza (\"-> …\") or the MAC (\"--- …\") must begin");
        var arguments = line[3..].Split(' ');
        return arguments.Contains("") ? throw AgeHeader.Malformed("a stanza has an empty argument") : arguments;
    }
}
