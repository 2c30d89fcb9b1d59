using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Edge;

/// <summary>
/// A program on the machine in front of a cluster that reads one file of ours beside those of people.
/// </summary>
/// <param name="Type">The kind of the resource, for example <c>edge/nginx</c>.</param>
/// <param name="Program">What is called, for example <c>nginx</c>.</param>
/// <param name="Folder">Where it looks for further files that end with <c>.conf</c>.</param>
internal sealed record EdgeProgram(string Type, string Program, string Folder)
{
    /// <summary>
    /// What Debian's configuration includes outside of <c>http</c>; modules are loaded by files that sort before ours.
    /// </summary>
    public static EdgeProgram Nginx { get; } = new("edge/nginx", "nginx", "/etc/nginx/modules-enabled");

    public static EdgeProgram Nsd { get; } = new("edge/dns-secondary", "nsd", "/etc/nsd/nsd.conf.d")
    {
        Mode = "0640",
        Owner = "root:nsd",
    };

    public string Mode { get; init; } = "0644";

    public string Owner { get; init; } = "root:root";

    /// <summary>How Orrery sees it.</summary>
    public ResourceKind Kind => field ??= new ResourceKind
    {
        Type = Type,
        Fields = ValueMap.Of(
            ("host", FieldRule.Replaces),
            ("name", FieldRule.Replaces),
            ("text", FieldRule.Updates),
            ("key", FieldRule.Updates)),
        HasGenerations = false,
        TypicalDuration = TimeSpan.FromSeconds(5),
    };

    /// <param name="name">Of the platform and the cluster.</param>
    public string PathOf(string name) => $"{Folder}/90-orrery-{name}.conf";

    /// <summary>Where a new text stands until it is tried: no pattern of the program finds it there.</summary>
    public string StagedOf(string name) => $"{Folder}/.orrery-{name}";

    /// <summary>Where the digest of the text stands that the program runs with.</summary>
    public string AppliedOf(string name) => $"/var/lib/orrery/{Program}-{name}";
}
