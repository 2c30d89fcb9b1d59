using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Edge;

/// <summary>Where a file of ours is: a machine, and what the file is named after.</summary>
/// <param name="Ssh">For example <c>root@example.org</c>.</param>
internal sealed record EdgePlace(string Ssh, string Name)
{
    public SshHost Host => SshHost.OfUser(Ssh);

    /// <summary>Where the fields say.</summary>
    public static EdgePlace Of(Value.Map fields) => new(fields["host"].AsText() ?? "", fields["name"].AsText() ?? "");

    /// <summary>What <see cref="ToString"/> wrote; null for anything else.</summary>
    public static EdgePlace? Parse(string id) => id.Split(' ') is [var ssh, var name] ? new EdgePlace(ssh, name) : null;

    /// <summary>Its identifier.</summary>
    public override string ToString() => $"{Ssh} {Name}";
}
