using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Model.Spec;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery schema</c>: the JSON Schema of a declaration.</summary>
internal static class SchemaVerb
{
    public static Command Create(Host host)
    {
        var command = new VerbCommand(
            "schema", "Prints the JSON Schema of a declaration, for editors and other programs.")
        {
            Examples = ["orrery schema > orrery.schema.json"],
        };
        command.SetAction(_ =>
        {
            host.Screen.Print(JsonSchema.Write());
            return ExitCode.Done;
        });
        return command;
    }
}
