namespace Orrery.Tests.Programs;

/// <summary>A fact that needs a program of the operating system. CI installs them all and skips none.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProgramFactAttribute : FactAttribute
{
    public ProgramFactAttribute(string program)
    {
        Program = program;
        if (!IsInstalled(program) && Environment.GetEnvironmentVariable("CI") != "true")
            Skip = $"the program {program} is not installed";
    }

    public string Program { get; }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program)));
}
