using System.Globalization;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.GitHub.Wire;

namespace Orrery.Providers.GitHub;

/// <summary>
/// A key with which one cluster reads one repository. GitHub lets a key be used once only, in all of GitHub, and cannot
/// change one: another key, and a rotated one, is another thing.
/// </summary>
public sealed class DeployKeyHandler(GitHubClient client, GitHubName repository) : IResourceHandler
{
    public static ResourceKind Definition { get; } = new()
    {
        Type = "github/deploy-key",
        Fields = ValueMap.Of(
            ("repository", FieldRule.Replaces), ("publicKey", FieldRule.Replaces), ("readOnly", FieldRule.Replaces)),
    };

    public ResourceKind Kind => Definition;

    private string Path => $"repos/{repository.Owner}/{repository.Name}/keys";

    /// <summary>The desired fields of a key that may only read.</summary>
    public static Value.Map Desired(GitHubName repository, Value publicKey) => Value.MapOf(
        ("repository", $"{repository}"), ("publicKey", publicKey), ("readOnly", true));

    public async Task<IReadOnlyList<Observed>> ListOwnedAsync(string platformId, CancellationToken cancellation) =>
        [.. (await ListAsync(cancellation)).Select(Observe).Where(key => key.Owner?.PlatformId == platformId)];

    public async Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
        await FindAsync(id, null, cancellation) is { } key ? Observe(key) : null;

    public async Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation)
    {
        var wanted = PublicKeyOf(request.Desired);
        var title = DeployKeyTitle.Of(request.Owner);
        var keys = await ListAsync(cancellation);
        var found = keys.FirstOrDefault(key => WithoutComment(key.Key) == wanted)
            ?? keys.FirstOrDefault(key => key.Title == title);
        return found is null ? null : Observe(found);
    }

    public async Task<Observed> CreateAsync(
        CreateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var body = new DeployKeyCreate(
            DeployKeyTitle.Of(request.Owner), PublicKeyOf(request.Desired), request.Desired["readOnly"].AsBool());
        try
        {
            var key = await client.PostAsync(
                Path, (body, GitHubJson.Default.DeployKeyCreate), GitHubJson.Default.DeployKeySchema, operation,
                cancellation);
            return Observe(key);
        }
        catch (ProviderException exception) when (exception.Code == ProviderErrorCode.Conflict)
        {
            throw new ProviderException(
                ProviderErrorCode.Conflict,
                $"{exception.Message}. GitHub lets a key be used once only: look for it among the deploy keys of"
                + $" {repository}, of your other repositories, and the SSH keys of your account",
                exception)
            {
                Status = exception.Status,
                RequestId = exception.RequestId,
            };
        }
    }

    public async Task<Observed> AwaitReadyAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        Observe(await GetAsync(id, operation, cancellation));

    /// <summary>Nothing of a key can be changed; every difference makes another one.</summary>
    public async Task<Observed> UpdateAsync(
        UpdateRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var current = await GetAsync(request.Id, operation, cancellation);
        CheckOwner(current, request.Owner);
        return Observe(current);
    }

    public async Task DeleteAsync(DeleteRequest request, OperationContext operation, CancellationToken cancellation)
    {
        if (await FindAsync(request.Id, operation, cancellation) is not { } current)
            return;
        CheckOwner(current, request.Owner);
        await client.DeleteAsync($"{Path}/{request.Id}", operation, cancellation);
    }

    private Observed Observe(DeployKeySchema key)
    {
        var id = key.Id.ToString(CultureInfo.InvariantCulture);
        return new Observed
        {
            Id = id,
            Name = key.Title,
            Owner = DeployKeyTitle.Read(key.Title),
            IsReady = true,
            Properties = Value.MapOf(
                ("repository", $"{repository}"), ("publicKey", WithoutComment(key.Key)), ("readOnly", key.ReadOnly)),
            Outputs = Value.MapOf(("id", id)),
        };
    }

    private Task<IReadOnlyList<DeployKeySchema>> ListAsync(CancellationToken cancellation) =>
        client.ListAsync(Path, GitHubJson.Default.DeployKeySchemaArray, cancellation);

    private async Task<DeployKeySchema?> FindAsync(
        string id, OperationContext? operation, CancellationToken cancellation) =>
        long.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out _)
            ? await client.FindAsync($"{Path}/{id}", GitHubJson.Default.DeployKeySchema, operation, cancellation)
            : null;

    private async Task<DeployKeySchema> GetAsync(
        string id, OperationContext operation, CancellationToken cancellation) =>
        await FindAsync(id, operation, cancellation)
        ?? throw new ProviderException(
            ProviderErrorCode.NotFound, $"{repository} has no deploy key with the id '{id}'");

    private void CheckOwner(DeployKeySchema current, Owner? expected)
    {
        if (expected is null || DeployKeyTitle.Read(current.Title) == expected)
            return;
        throw new ProviderException(
            ProviderErrorCode.Foreign,
            $"the deploy key '{current.Title}' (id {current.Id}) of {repository} is not ours: its title names another"
            + " owner or none")
        {
            ForeignId = current.Id.ToString(CultureInfo.InvariantCulture),
        };
    }

    private static string PublicKeyOf(Value.Map desired) => desired["publicKey"].AsText() is { } key
        ? WithoutComment(key)
        : throw new ProviderException(ProviderErrorCode.Invalid, "the deploy key's public key is not set");

    // GitHub shows a key without its comment, which says nothing about it.
    private static string WithoutComment(string key) =>
        string.Join(' ', key.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(2));
}
