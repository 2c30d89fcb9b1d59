using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Git;

/// <summary>What a pull request shall bring into a branch.</summary>
/// <param name="Remote">Where it shall go.</param>
/// <param name="Branch">Where it is, in the same repository.</param>
/// <param name="Title">In one line.</param>
public sealed record GitProposal(GitRemote Remote, string Branch, string Title);

/// <summary>Opens a pull request, or finds the one that is open already.</summary>
public delegate Task Propose(GitProposal proposal, OperationContext operation, CancellationToken cancellation);

/// <summary>
/// Files of ours in a repository's branch. Its id says where they are, so that it is found without a label; whatever
/// lies beside is never touched. Reading changes nothing but the cache.
/// </summary>
/// <param name="open">The repository of a URL and a branch; the same for the same.</param>
/// <param name="propose">
/// Opens a pull request for what was pushed to a branch of its own; null where trees are pushed directly.
/// </param>
public sealed class GitTreeHandler(
    Func<GitRemote, GitRepository> open, GitPerson author, TimeProvider time, Propose? propose)
    : IResourceHandler, IIdentifiedByInputs
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "git/tree",
        Fields = ValueMap.Of(
            ("url", FieldRule.Replaces),
            ("branch", FieldRule.Replaces),
            ("paths", FieldRule.Replaces),
            ("files", FieldRule.Updates),
            ("contents", new FieldRule(FieldChange.CreateOnly, WriteOnly: true)),
            ("others", new FieldRule(FieldChange.CreateOnly, WriteOnly: true)),
            ("message", FieldRule.CreateOnly),
            ("proposal", FieldRule.CreateOnly),
            ("needs", FieldRule.CreateOnly)),
        TypicalDuration = TimeSpan.FromSeconds(5),
        HasGenerations = false,
    };

    public ResourceKind Kind => Definition;

    public string? IdOf(Value.Map desired) =>
        desired["url"] is Value.Text url && desired["branch"] is Value.Text branch
            ? new Place(url.Of, branch.Of, PathsOf(desired)).Id
            : null;

    /// <summary>Nothing in a repository says whose it is; what we made is found by where it is.</summary>
    public Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        Task.FromResult<IReadOnlyList<Observed>>([]);

    public Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        Place.Parse(id) is { } place ? ObserveAsync(place, cancellation) : Task.FromResult<Observed?>(null);

    public Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
        ObserveAsync(Place.Of(request.Desired), cancellation);

    public Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
        WriteAsync(Place.Of(request.Desired), request.Desired, operation, cancellation);

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await ReadAsync(id, cancellation)
        ?? throw new ProviderException(ProviderErrorCode.NotFound, $"nothing of ours is left in {id}");

    public Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
        WriteAsync(Place.Of(request.Desired), request.Desired, operation, cancellation);

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (Place.Parse(request.Id) is not { } place)
            return;
        var repository = open(place.Remote);
        var listing = await repository.ListAsync(place.Paths, cancellation);
        if (listing.Blobs.Count == 0)
            return;
        var change = Change("Remove what Orrery wrote") with { Removed = listing.Blobs.Keys.ToValueList() };
        await repository.CommitAsync(change, operation, cancellation);
    }

    private async Task<Observed> WriteAsync(
        Place place, Value.Map desired, OperationContext operation, CancellationToken cancellation)
    {
        var repository = open(place.Remote);
        var files = GitTree.ContentsOf(desired);
        var standing = await repository.ListAsync(place.Paths, cancellation);
        var change = Change(desired["message"].AsText() ?? "Write the tree") with
        {
            Files = files,
            Removed = standing.Blobs.Keys.Where(path => !files.ContainsKey(path)).ToValueList(),
            Proposal = desired["proposal"].AsText(),
        };
        var pushed = await repository.CommitAsync(change, operation, cancellation);
        if (change.Proposal is { } branch && propose is not null && pushed.Commit != standing.Commit)
            await propose(new GitProposal(place.Remote, branch, change.Message), operation, cancellation);
        return Observe(place, new GitListing(pushed.Commit, files.Map((_, content) => GitBlob.IdOf(content))));
    }

    private async Task<Observed?> ObserveAsync(Place place, CancellationToken cancellation)
    {
        var listing = await open(place.Remote).ListAsync(place.Paths, cancellation);
        return listing.Blobs.Count > 0 ? Observe(place, listing) : null;
    }

    private static Observed Observe(Place place, GitListing listing) => new()
    {
        Id = place.Id,
        Name = "",
        Owner = null,
        IsReady = true,
        Properties = Value.MapOf(
            ("url", place.Url),
            ("branch", place.Branch),
            ("paths", Value.ListOf(place.Paths.Select(path => (Value)path))),
            ("files", new Value.Map(listing.Blobs.Map((_, blob) => (Value)blob)))),
        Outputs = Value.MapOf(("id", place.Id), ("commit", listing.Commit ?? "")),
    };

    private GitChange Change(string message) =>
        new() { Message = message, Author = author, Time = time.GetUtcNow() };

    private static ValueList<string> PathsOf(Value.Map desired) =>
        desired["paths"].AsList().Map(path => path.AsText() ?? "");

    /// <summary>Where a tree is; as an id: <c>https://github.com/example/platform main clusters,argocd</c>.</summary>
    private sealed record Place(string Url, string Branch, ValueList<string> Paths)
    {
        public string Id => $"{Url} {Branch} {string.Join(',', Paths)}";

        public GitRemote Remote => new(Url, Branch);

        public static Place Of(Value.Map desired) =>
            new(desired["url"].AsText() ?? "", desired["branch"].AsText() ?? "", PathsOf(desired));

        public static Place? Parse(string id) =>
            id.Split(' ', 3) is [var url, var branch, var paths]
                ? new Place(url, branch, paths.Split(',').ToValueList())
                : null;
    }
}
