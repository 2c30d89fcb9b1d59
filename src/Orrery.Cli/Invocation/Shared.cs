using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Model.Platforms;

namespace Orrery.Cli.Invocation;

/// <summary>Arguments and options that several verbs have, always with the same name and meaning.</summary>
internal static class Shared
{
    public const string Text = "text";
    public const string Json = "json";

    public static Argument<string> Directory() => new("DIR")
    {
        Description = "The declaration: a folder of .yaml files, or one file.",
    };

    public static Option<string?> Profile() => new("--profile")
    {
        Description = "The profile to apply to the clusters that declare it.",
        HelpName = "NAME",
    };

    public static Option<string> Strategy() => new Option<string>("--strategy")
    {
        Description = "How machines are replaced; as declared by default.",
        HelpName = "declared|in-place|blue-green",
        DefaultValueFactory = static _ => "declared",
    }.AcceptOnlyFromAmong("declared", "in-place", "blue-green");

    public static RebuildStrategy StrategyOf(string name) =>
        name == "blue-green" ? RebuildStrategy.BlueGreen : RebuildStrategy.InPlace;

    public static Option<string> Output()
    {
        var option = new Option<string>("--output", "-o")
        {
            Description = "How to report.",
            HelpName = "text|json",
            DefaultValueFactory = static _ => Text,
        };
        return option.AcceptOnlyFromAmong(Text, Json);
    }

    public static Option<bool> Yes() => new("--yes", "-y")
    {
        Description = "Do not ask.",
    };

    public static bool IsJson(this ParseResult parse, Option<string> output) => parse.GetValue(output) == Json;

    public static string Required(this ParseResult parse, Argument<string> argument) =>
        parse.GetRequiredValue(argument);

    /// <summary>The command line that names the same declaration, to copy.</summary>
    public static string Again(string verb, Loaded loaded) => $"orrery {verb} {loaded.Path}";
}
