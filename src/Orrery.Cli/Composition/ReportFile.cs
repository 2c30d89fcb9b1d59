using System.CommandLine;
using Orrery.Rehearsal.Reports;
using Orrery.Rehearsal.Reports.Html;

namespace Orrery.Cli.Composition;

/// <summary>The file to which a rehearsal writes its report as a page.</summary>
internal static class ReportFile
{
    /// <summary>Refused before anything is played where its folder is missing: a long rehearsal is not lost.</summary>
    public static Option<string?> Option(Host host)
    {
        var option = new Option<string?>("--report")
        {
            Description = "Write the report as one page that a browser shows without a network.",
            HelpName = "FILE.html",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is not { } file)
                return;
            var path = host.FullPath(file);
            if (Directory.Exists(path))
                result.AddError($"'{file}' is a folder: name a file in it");
            else if (!Directory.Exists(Path.GetDirectoryName(path)))
                result.AddError($"'{file}' cannot be written: its folder does not exist");
        });
        return option;
    }

    /// <summary>
    /// The whole page or none. Throws <see cref="IOException"/> or <see cref="UnauthorizedAccessException"/>.
    /// </summary>
    public static void Write(Host host, string file, RehearsalReport report)
    {
        var path = host.FullPath(file);
        var temporary = $"{path}.new";
        File.WriteAllText(temporary, ReportPage.Write(report));
        File.Move(temporary, path, overwrite: true);
        host.Screen.Tell($"wrote the report to {file}\n");
    }
}
