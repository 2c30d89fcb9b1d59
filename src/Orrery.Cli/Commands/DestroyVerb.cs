using System.CommandLine;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Engine.Runs;

namespace Orrery.Cli.Commands;

/// <summary><c>orrery destroy DIR</c>: takes away what is not protected.</summary>
internal static class DestroyVerb
{
    public static Command Create(Host host)
    {
        var (directory, profile, output, yes) = (Shared.Directory(), Shared.Profile(), Shared.Output(), Shared.Yes());
        var command = new VerbCommand("destroy", "Takes away everything of a platform that is not protected.")
        {
            Detail = "Retained volumes and adopted addresses stay, and 'up' finds them again. "
                + "Shows the plan and asks first.",
            Examples = ["orrery destroy my-platform"],
            Arguments = { directory },
            Options = { yes, profile, output },
        };
        command.SetAction((parse, _) => host.WithSessionAsync(
            new Target(parse.Required(directory), parse.GetValue(profile)),
            session => new ChangingRun(session, new ChangingOptions
            {
                Verb = RunVerb.Destroy,
                VerbName = command.Name,
                Yes = parse.GetValue(yes),
                IsJson = parse.IsJson(output),
            }).RunAsync()));
        return command;
    }
}
