using System.CommandLine;
using Orrery.Cli.Commands;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;

namespace Orrery.Tests.Cli;

public sealed class VerbsPageTests
{
    [Fact]
    public void The_reference_page_says_what_the_verbs_say() =>
        Golden.Match("docs/cli.md", VerbsPage.Write(Root(null)));

    [Fact]
    public void Every_verb_is_made_under_the_name_it_is_called_by() =>
        Root(null).Subcommands.Select(verb => verb.Name).ShouldBe(Verbs.All.Select(verb => verb.Name));

    [Fact]
    public void Only_the_verb_that_is_named_is_made() =>
        Root("plan").Subcommands.Select(verb => verb.Name).ShouldBe(["plan"]);

    [Fact]
    public void Every_verb_has_an_example_and_every_option_a_description()
    {
        foreach (var command in All(Root(null)).Where(command => command is not RootCommand))
        {
            command.ShouldBeOfType<VerbCommand>().Examples.ShouldNotBeEmpty(command.Name);
            command.Description.ShouldNotBeNullOrEmpty();
            foreach (var symbol in command.Options.Cast<Symbol>().Concat(command.Arguments))
                symbol.Description.ShouldNotBeNullOrEmpty($"{command.Name} {symbol.Name}");
        }
    }

    private static IEnumerable<Command> All(Command command) => command.Subcommands.SelectMany(All).Prepend(command);

    private static RootCommand Root(string? named) => CommandLine.Root(ProcessHost.Create(), named);
}
