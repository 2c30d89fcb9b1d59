using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Rehearsal.Stages;
using Orrery.Simulation.Worlds;

namespace Orrery.Rehearsal.Checkers;

/// <summary>
/// Nothing shows a secret but to whom it is for: requests, what programs are started with, the disk, the repository,
/// and what machines boot from.
/// </summary>
internal sealed class LeakChecker(Stage stage, Invariant invariant)
{
    private readonly LeakFinder _finder = new(stage.Secrets.Planted);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    // What was looked at in plans, with so many secrets.
    private readonly HashSet<Change> _planned = [];
    private int _plannedWith;

    /// <summary>A text that a person may see.</summary>
    public void Shown(string text, string what) => Check(Encoding.UTF8.GetBytes(text), SecretPlaces.None, what);

    /// <summary>A plan that a person may see, piece by piece: its text as a whole is long and copied often.</summary>
    public void Shown(Plan plan, string what)
    {
        if (stage.Secrets.Planted.Count != _plannedWith)
            _planned.Clear();
        _plannedWith = stage.Secrets.Planted.Count;
        // A plan is shown before its run and begins it, and much of it is as it was in the plan before.
        var pieces = plan.Changes.Where(_planned.Add).Select(change => $"{change}")
            .Append($"{plan with { Changes = [] }}");
        var shown = pieces.Select(piece => _finder.Find(piece)).FirstOrDefault(found => found is not null);
        // What shows a secret shows it each time.
        if (shown is not null)
            _planned.Clear();
        Check(shown, what);
    }

    public void Requested(string world, WorldRequest request)
    {
        var what = $"{request.Method} {request.Path} of {world}";
        Check(request.Body.Span, PlaceOf(world, request), what);
        Shown($"{request.Path}?{request.Query}", what);
        foreach (var (name, value) in request.Headers)
        {
            var place = name != "authorization" ? SecretPlaces.None
                : world is "hetzner" or "proxmox" ? SecretPlaces.Cloud
                : world == "github" ? SecretPlaces.GitHost : SecretPlaces.None;
            Check(Encoding.UTF8.GetBytes(value), place, $"the header {name} of {what}");
        }
    }

    /// <summary>
    /// Arguments and environment are for everybody to see on the computer; standard input is for the program.
    /// </summary>
    public void Starting(ProcessRequest request)
    {
        var words = request.Arguments.Concat(request.Environment.Select(each => $"{each.Key}={each.Value}"));
        Shown(string.Join('\n', words), $"a call of {request.Program}");
        var place = (request.Program, request.Arguments is [var first, ..] ? first : "") switch
        {
            ("ssh-add", _) => SecretPlaces.Agent,
            ("ssh", _) => SecretPlaces.Machines,
            ("git", "credential-cache") => SecretPlaces.GitHost,
            _ => SecretPlaces.None,
        };
        Check(request.Input.Span, place, $"the input of {request.Program}");
    }

    /// <summary>
    /// What a run leaves: the state, the keys, everything new in the repository, what machines boot from.
    /// </summary>
    public void SearchWhatIsLeft()
    {
        foreach (var (name, content) in stage.Disk.Files.Concat(stage.Declaration.Files))
            Check(content, SecretPlaces.None, name);
        var repository = stage.Site.Remotes.Find(stage.Platform.Repository.Url);
        foreach (var (id, kind, content) in repository?.Objects ?? [])
        {
            if (_seen.Add(id))
                Check(content.Span, SecretPlaces.None, $"the {kind} {id} in Git");
        }

        foreach (var machine in stage.Site.Machines.All)
        {
            if (_seen.Add($"user data of {machine.Id}"))
                Check(Encoding.UTF8.GetBytes(machine.UserData), SecretPlaces.UserData, $"user data of {machine.Name}");
        }
    }

    private static SecretPlaces PlaceOf(string world, WorldRequest request) => world switch
    {
        "kubernetes" when request.Method == "PATCH"
            && request.Path.StartsWith("/api/v1/namespaces/", StringComparison.Ordinal)
            && request.Path.Contains("/secrets/", StringComparison.Ordinal) => SecretPlaces.Clusters,
        // The Vault of the cluster, behind the proxy of its API server.
        "kubernetes" when request.Path.StartsWith("/api/v1/namespaces/", StringComparison.Ordinal)
            && request.Path.Contains("/proxy/v1/secret/data/", StringComparison.Ordinal) => SecretPlaces.Clusters,
        "hetzner" when request is { Method: "POST", Path: "/v1/servers" } => SecretPlaces.UserData,
        // A machine's configuration has what it needs to be one of its cluster.
        "talos" when request.Path.EndsWith("/ApplyConfiguration", StringComparison.Ordinal) => SecretPlaces.Machines,
        "talos" when request.Path.EndsWith("/EtcdRecover", StringComparison.Ordinal) =>
            SecretPlaces.Clusters | SecretPlaces.Memory,
        _ => SecretPlaces.None,
    };

    private void Check(ReadOnlySpan<byte> text, SecretPlaces place, string what) =>
        Check(_finder.Find(text, place), what);

    private void Check(string? found, string what) =>
        invariant.Check(found is null, () => $"{what} shows a secret: {found}");
}
