using Orrery.Secrets.Sops.Formats;

namespace Orrery.Secrets.Sops;

/// <summary>The formats of files that SOPS knows.</summary>
public enum SopsFormat
{
    Yaml,
    Json,
    Dotenv,
    Ini,

    /// <summary>Any other file: one value, in JSON once it is encrypted.</summary>
    Binary,
}

/// <summary>What belongs to a format.</summary>
public static class SopsFormats
{
    /// <summary>By the name's end, as SOPS does: what it does not know is binary.</summary>
    public static SopsFormat OfPath(string path) => Path.GetExtension(path) switch
    {
        ".yaml" or ".yml" => SopsFormat.Yaml,
        ".json" => SopsFormat.Json,
        ".env" => SopsFormat.Dotenv,
        ".ini" => SopsFormat.Ini,
        _ => SopsFormat.Binary,
    };

    internal static ISopsFormat Of(SopsFormat format) => format switch
    {
        SopsFormat.Yaml => new YamlFormat(),
        SopsFormat.Dotenv => new DotenvFormat(),
        SopsFormat.Ini => new IniFormat(),
        _ => new JsonFormat(),
    };
}
