using Orrery.Engine.Ports;
using Orrery.Providers.Git;
using Orrery.Providers.GitHub.Wire;

namespace Orrery.Providers.GitHub;

/// <summary>Pull requests of one repository.</summary>
public sealed class PullRequests(GitHubClient client, GitHubName repository)
{
    private const string Body = "Written by Orrery. Merge it to let the clusters follow; push nothing to its branch.";

    private string Path => $"repos/{repository.Owner}/{repository.Name}/pulls";

    /// <summary>
    /// The address of the open pull request that brings one branch into the other; opens it where there is none. Safe
    /// to repeat.
    /// </summary>
    public async Task<string> OpenAsync(
        GitProposal proposal, OperationContext operation, CancellationToken cancellation)
    {
        if (await FindAsync(proposal, cancellation) is { } open)
            return open;
        try
        {
            var body = new PullRequestCreate(proposal.Title, proposal.Branch, proposal.Remote.Branch, Body);
            var made = await client.PostAsync(
                Path, (body, GitHubJson.Default.PullRequestCreate), GitHubJson.Default.PullRequestSchema, operation,
                cancellation);
            return made.HtmlUrl;
        }
        catch (ProviderException exception)
            when (exception.Code == ProviderErrorCode.Conflict || exception.MayHaveHappened)
        {
            // Ours whose reply was lost, or another run's.
            if (await FindAsync(proposal, cancellation) is { } others)
                return others;
            throw;
        }
    }

    private async Task<string?> FindAsync(GitProposal proposal, CancellationToken cancellation)
    {
        var head = Uri.EscapeDataString($"{repository.Owner}:{proposal.Branch}");
        var found = await client.ListAsync(
            $"{Path}?state=open&head={head}&base={Uri.EscapeDataString(proposal.Remote.Branch)}",
            GitHubJson.Default.PullRequestSchemaArray, cancellation);
        return found.Count > 0 ? found[0].HtmlUrl : null;
    }
}
