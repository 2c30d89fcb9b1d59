using Orrery.Model.Plans;

namespace Orrery.Cli.Terminal.Runs;

/// <summary>Verbs for actions: now, and when they are over.</summary>
internal static class ActionWords
{
    public static string Now(ChangeAction action) => action switch
    {
        ChangeAction.Create => "creating",
        ChangeAction.Update => "updating",
        ChangeAction.Replace => "replacing",
        ChangeAction.Delete => "deleting",
        _ => "recording",
    };

    public static string Over(ChangeAction action) => action switch
    {
        ChangeAction.Create => "created",
        ChangeAction.Update => "updated",
        ChangeAction.Replace => "replaced",
        ChangeAction.Delete => "deleted",
        _ => "recorded",
    };
}
