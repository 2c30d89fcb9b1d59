using Orrery.Cli.Composition;
using Orrery.Cli.Terminal;
using Orrery.Engine.Runs;
using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Invocation;

/// <summary>Opens what a verb is about and reports what stands in the way.</summary>
internal static class Opening
{
    public static async Task<int> WithSessionAsync(this Host host, Target target, Func<Session, Task<int>> use)
    {
        var opened = Session.Open(host, target);
        host.Screen.ReportBriefly(opened.Diagnostics, target.Path);
        if (opened.Value is not { } session)
            return ExitCode.Invalid;
        using (session)
            return await use(session);
    }

    /// <summary>For verbs that need neither secrets nor clouds.</summary>
    public static async Task<int> WithDeclarationAsync(this Host host, Target target, Func<Loaded, Task<int>> use)
    {
        var read = DeclarationFiles.Read(host, target.Path, target.Profile);
        host.Screen.Report(read.Diagnostics.Where(diagnostic => diagnostic.Severity == Severity.Error));
        return read.Value is { } loaded ? await use(loaded) : ExitCode.Invalid;
    }
}

/// <summary>For what happens without anybody watching: reading.</summary>
internal sealed class Unobserved : IRunObserver
{
    public static Unobserved Instance { get; } = new();

    public void On(RunEvent happened)
    {
    }
}
