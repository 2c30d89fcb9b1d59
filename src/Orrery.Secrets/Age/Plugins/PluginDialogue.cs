using System.Text;
using Orrery.Secrets.Age.Encodings;

namespace Orrery.Secrets.Age.Plugins;

/// <summary>What is to be done after a plugin has said something.</summary>
public abstract record PluginStep
{
    private PluginStep()
    {
    }

    /// <summary>Send this.</summary>
    public sealed record Answer(Stanza Stanza) : PluginStep;

    /// <summary>Show a message to the user and answer with whether that was possible.</summary>
    public sealed record Show(string Message) : PluginStep;

    /// <summary>Ask the user for a value, without an echo where it is secret.</summary>
    public sealed record Ask(string Message, bool IsSecret) : PluginStep;

    /// <summary>Let the user choose; <paramref name="No"/> is null where there is but one choice.</summary>
    public sealed record Confirm(string Message, string Yes, string? No) : PluginStep;

    /// <summary>The plugin has said all.</summary>
    public sealed record Done : PluginStep;
}

/// <summary>
/// Our side of a dialogue with a plugin, as what is said and answered: who carries it to and fro is the caller's
/// business. Refuses what a plugin must not say with an <see cref="AgeException"/>.
/// </summary>
public abstract class PluginDialogue(string plugin)
{
    public static readonly Stanza Ok = new("ok", [], default);

    public static readonly Stanza Fail = new("fail", [], default);

    private static readonly Stanza Unsupported = new("unsupported", [], default);

    /// <summary>The argument that the program is started with.</summary>
    public abstract string Argument { get; }

    /// <summary>All that we say first.</summary>
    public byte[] Opening
    {
        get
        {
            var text = new StringBuilder();
            foreach (var stanza in FirstPhase())
                stanza.Write(text);
            return Encoding.ASCII.GetBytes(text.ToString());
        }
    }

    public static Stanza Value(string value) => new("ok", [], Encoding.UTF8.GetBytes(value));

    public static Stanza Chosen(bool yes) => new("ok", [yes ? "yes" : "no"], default);

    public static byte[] Write(Stanza stanza)
    {
        var text = new StringBuilder();
        stanza.Write(text);
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    /// <summary>What follows from one stanza of the plugin.</summary>
    public PluginStep On(Stanza said) => said.Kind switch
    {
        "done" => new PluginStep.Done(),
        "msg" => new PluginStep.Show(Text(said)),
        "request-public" => new PluginStep.Ask(Text(said), IsSecret: false),
        "request-secret" => new PluginStep.Ask(Text(said), IsSecret: true),
        "confirm" when said.Arguments is [var yes] => new PluginStep.Confirm(Text(said), Label(yes), null),
        "confirm" when said.Arguments is [var yes, var no] =>
            new PluginStep.Confirm(Text(said), Label(yes), Label(no)),
        "confirm" => throw Refused("asked for a choice in a way that cannot be understood"),
        // Its words may quote what it was given: they are shown as they are only where nothing secret was.
        "error" => throw Refused($"reports: {Text(said)}"),
        _ => new PluginStep.Answer(Take(said) ? Ok : Unsupported),
    };

    protected abstract IEnumerable<Stanza> FirstPhase();

    /// <summary>Takes what this dialogue is about; false where the stanza is not known.</summary>
    protected abstract bool Take(Stanza said);

    /// <summary>The refusal of what a plugin did, for example "reports: …".</summary>
    public AgeException Refused(string what) => new(AgeFailure.Plugin, $"the plugin age-plugin-{plugin} {what}");

    // Only one file is ever spoken of.
    protected static bool IsOurFile(string index) => index == "0";

    private string Label(string argument) => UnpaddedBase64.Decode(argument) is { } bytes
        ? Plain(Encoding.UTF8.GetString(bytes))
        : throw Refused("asked for a choice in a way that cannot be understood");

    private static string Text(Stanza said) => Plain(Encoding.UTF8.GetString(said.Body.Span));

    // What a plugin says goes to a terminal, which must not take it for commands.
    private static string Plain(string text) => new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
}
