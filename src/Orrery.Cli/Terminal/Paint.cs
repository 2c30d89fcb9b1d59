namespace Orrery.Cli.Terminal;

/// <summary>Colours for a few words, or none where colours are off.</summary>
internal sealed class Paint(bool isOn)
{
    public string Red(string text) => With("31", text);

    public string Green(string text) => With("32", text);

    public string Yellow(string text) => With("33", text);

    public string Cyan(string text) => With("36", text);

    public string Bold(string text) => With("1", text);

    public string Faint(string text) => With("2", text);

    // Select Graphic Rendition, ECMA-48 8.3.117.
    private string With(string code, string text) => isOn ? $"\e[{code}m{text}\e[0m" : text;
}
