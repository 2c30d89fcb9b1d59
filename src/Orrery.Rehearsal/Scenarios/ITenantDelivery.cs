namespace Orrery.Rehearsal.Scenarios;

/// <summary>What people write for the engine that their cluster has.</summary>
internal interface ITenantDelivery
{
    /// <summary>Files by path: what stands beside ours for the engine, and the kustomization of theirs.</summary>
    /// <param name="folder">Where <c>app.yaml</c> and the others stand, in the repository.</param>
    /// <param name="resources">Files to deliver as they are, without their endings.</param>
    /// <param name="documents">Files to decrypt, likewise.</param>
    IEnumerable<(string Path, string Text)> Files(
        string folder, IReadOnlyList<string> resources, IReadOnlyList<string> documents);
}
