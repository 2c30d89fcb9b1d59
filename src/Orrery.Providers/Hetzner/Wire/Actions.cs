namespace Orrery.Providers.Hetzner.Wire;

/// <summary>Work that Hetzner does after its answer: <c>running</c>, then <c>success</c> or <c>error</c>.</summary>
internal sealed record ActionSchema(long Id, string Command, string Status, int Progress = 0, ErrorSchema? Error = null)
{
    public bool IsRunning => Status == "running";

    public bool HasFailed => Status == "error";
}

/// <summary>A reply that is one action, or nothing where all is done at once.</summary>
internal sealed record ActionReply(ActionSchema? Action = null, IReadOnlyList<ActionSchema>? Actions = null)
{
    public IReadOnlyList<ActionSchema> All => Started.Of(Action, Actions);
}

/// <summary>The actions asked for by id, or those of one resource.</summary>
internal sealed record ActionList(IReadOnlyList<ActionSchema> Actions);
