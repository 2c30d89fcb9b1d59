using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Orrery.Simulation.Vault;

/// <summary>Vault says no, in its own words.</summary>
[SuppressMessage("Design", "CA1064", Justification = "It never leaves the world.")]
internal sealed class Refusal : Exception
{
    private Refusal(int status, string? message)
        : base(message) => (Status, IsSilent) = (status, message is null);

    public int Status { get; }

    /// <summary>Says nothing: the list of errors is empty.</summary>
    private bool IsSilent { get; }

    public static Refusal NothingThere() => new(404, null);

    public static Refusal NoHandler(string path) =>
        new(404, $"no handler for route \"{path}\". route entry not found.");

    public static Refusal Unsupported() => new(405, "1 error occurred:\n\t* unsupported operation\n\n");

    public static Refusal Denied() => new(403, "1 error occurred:\n\t* permission denied\n\n");

    public static Refusal NotAuthorized(string why) => new(403, why);

    public static Refusal Sealed() => new(503, "Vault is sealed");

    public static Refusal Standby() => new(500, "local node not active but active cluster node not found");

    public static Refusal ServerError(string why = "internal error") => new(500, why);

    public static Refusal OverQuota(string path) => new(429, $"request path \"{path}\": rate limit quota exceeded");

    public static Refusal Invalid(string why) => new(400, why);

    public JsonObject ToJson() => new() { ["errors"] = IsSilent ? [] : new JsonArray(Message) };
}
