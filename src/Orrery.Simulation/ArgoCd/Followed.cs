using System.Text.Json.Nodes;
using Orrery.Simulation.ArgoCd.Syncing;

namespace Orrery.Simulation.ArgoCd;

/// <summary>What the controller remembers of one Application between two looks.</summary>
internal sealed class Followed
{
    /// <summary>When it is looked at next; null when nothing is planned.</summary>
    public TimeSpan? Due { get; set; }

    /// <summary>As it was at the last look; a change of it brings another look.</summary>
    public JsonObject? Application { get; set; }

    /// <summary>Revisions of the last look, or why there were none.</summary>
    public string Seen { get; set; } = "";

    /// <summary>Rendered for the first time at these revisions, which takes its time.</summary>
    public string Rendering { get; set; } = "";

    /// <summary>The controller has begun since it was looked at last.</summary>
    public bool IsNew { get; set; }

    /// <summary>The last look found out what is wanted.</summary>
    public bool IsRendered { get; set; } = true;

    public Operation? Operation { get; set; }

    /// <summary>Repairs of what somebody changed by hand, since the last new revision.</summary>
    public int Repairs { get; set; }

    public TimeSpan? RepairAt { get; set; }
}
