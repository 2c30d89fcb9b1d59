using System.Text;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Spec;

namespace Orrery.Cli.Composition;

/// <summary>
/// A declaration on disk: one file, or every <c>.yaml</c> and <c>.yml</c> file that stands directly in a folder. Those
/// of tools, whose names begin with a dot, are none: <c>.sops.yaml</c>.
/// </summary>
internal static class DeclarationFiles
{
    /// <summary>Four bytes for each of the 1,048,576 characters that a file may have (SPEC002).</summary>
    private const int BytesMax = 4 * 1024 * 1024;

    private static readonly UTF8Encoding Strict =
        new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads it; where it is valid the platform comes with its folder and its warnings.</summary>
    public static Diagnosed<Loaded> Read(Host host, string path, string? profile)
    {
        var problems = new List<Diagnostic>();
        var files = new List<SourceFile>();
        foreach (var name in Names(host, path, problems))
        {
            if (ReadFile(host, name, problems) is { } file)
                files.Add(file);
        }

        if (problems.Count > 0)
            return new Diagnosed<Loaded>(null, [.. problems]);
        var read = Declaration.Read(files, profile);
        var full = host.FullPath(path);
        var folder = File.Exists(full) ? Path.GetDirectoryName(full) ?? full : full;
        var loaded = read.Value is { } platform ? new Loaded(platform, path, folder) : null;
        return new Diagnosed<Loaded>(loaded, read.Diagnostics);
    }

    /// <summary>As the user would write them, in ordinal order.</summary>
    private static IEnumerable<string> Names(Host host, string path, List<Diagnostic> problems)
    {
        var full = host.FullPath(path);
        if (File.Exists(full))
            return [path];
        if (!Directory.Exists(full))
        {
            problems.Add(CliCodes.NoSuchPath.At(
                null, $"'{path}' is not there.", ["write a declaration to start from:", $"  orrery init {path}"]));
            return [];
        }

        string[] names =
        [
            .. Directory.EnumerateFiles(full)
                .Where(IsDeclaration)
                .Select(file => Path.Combine(path, Path.GetFileName(file)))
                .Order(StringComparer.Ordinal),
        ];
        if (names.Length == 0)
        {
            problems.Add(CliCodes.NoDeclaration.At(
                null,
                $"No .yaml file stands directly in '{path}'.",
                ["write a declaration to start from:", $"  orrery init {path}"]));
        }

        return names;
    }

    public static bool IsDeclaration(string file) =>
        Path.GetExtension(file) is ".yaml" or ".yml" && !Path.GetFileName(file).StartsWith('.');

    private static SourceFile? ReadFile(Host host, string name, List<Diagnostic> problems)
    {
        try
        {
            using var stream = File.OpenRead(host.FullPath(name));
            var content = new byte[(int)Math.Min(stream.Length, BytesMax + 1)];
            stream.ReadExactly(content);
            // A larger file is refused for its size, so a character that the cut splits does not matter.
            var encoding = content.Length > BytesMax ? Encoding.UTF8 : Strict;
            return new SourceFile(name, encoding.GetString(content));
        }
        catch (DecoderFallbackException)
        {
            problems.Add(CliCodes.Unreadable.At(null, $"'{name}' is not UTF-8 text."));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problems.Add(CliCodes.Unreadable.At(null, $"'{name}': {exception.Message}"));
        }

        return null;
    }
}

/// <summary>A valid declaration.</summary>
/// <param name="Platform">What it means.</param>
/// <param name="Path">As the user wrote it, for commands to copy.</param>
/// <param name="Folder">The full path of the folder it stands in.</param>
internal sealed record Loaded(Platform Platform, string Path, string Folder);
