using System.Text;
using System.Text.Json;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Cli.Terminal;
using Orrery.Engine.Ports;
using Orrery.Engine.Runs;
using Orrery.Model.Platforms;

namespace Orrery.Cli.Secrets;

/// <summary>
/// Another token of a provider, which a person has made there, in the place of the one in a SOPS document: kept only if
/// the provider takes it, then brought to the cluster where that uses it too.
/// </summary>
internal sealed class TokenRotation(Host host, string path, KeyRotationWish wish)
{
    public const string Hetzner = "hetzner-token";
    public const string Repository = "repository-token";

    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        var read = DeclarationFiles.Read(host, path, profile: null);
        host.Screen.ReportBriefly(read.Diagnostics, path);
        if (read.Value is not { } loaded)
            return ExitCode.Invalid;
        var reference = ReferenceIn(loaded.Platform) as SecretReference.Sops ?? throw NotHere(loaded.Platform);
        var token = await TokenAsync(cancellation);
        var shown = Path.Combine(loaded.Path, reference.Path);
        var file = SecretFile.Read(host, shown, type: null);
        var document = file.Open(host);
        file.Replace(file.Try(() => document.Set(
            reference.Key.Split('.'), $"\"{JsonEncodedText.Encode(token)}\"", host.Time.GetUtcNow(), host.KeyRandom)));
        return await host.WithSessionAsync(
            new Target(path, null), session => ProveAsync(session, file, shown, cancellation));
    }

    /// <summary>The file as it was comes back where the token is not taken.</summary>
    private async Task<int> ProveAsync(Session session, SecretFile file, string shown, CancellationToken cancellation)
    {
        try
        {
            await session.Pipeline(Unobserved.Instance).StatusAsync(cancellation);
        }
        catch (ProviderException refusal)
        {
            SecretFile.Write(file.Path, file.Bytes);
            throw new SecretRefusal(SecretCodes.TokenRefused.At(
                null, $"The new token was not taken, and '{shown}' is as it was: {refusal.Message}.",
                ["make one with the same rights as the one before, and try again"]));
        }

        var code = await new ChangingRun(session, new ChangingOptions
        {
            Verb = RunVerb.Up,
            VerbName = "up",
            Yes = wish.Yes,
            IsJson = wish.IsJson,
        }).RunAsync();
        if (!wish.IsJson)
            host.Screen.Print($"the new token works: commit {shown}, and revoke the old one where it was made\n");
        return code;
    }

    private SecretReference? ReferenceIn(Platform platform) => wish.Key == Repository
        ? platform.Repository.Token
        : platform.Clusters.Values
            .Where(cluster => wish.Cluster is null || cluster.Name == wish.Cluster)
            .Select(cluster => (cluster.Infrastructure as Infrastructure.Hetzner)?.Token)
            .FirstOrDefault();

    private SecretRefusal NotHere(Platform platform) => new(
        SecretCodes.NotRotatable.At(
            null,
            ReferenceIn(platform) is { } other
                ? $"The token is kept in {{ {other} }}, where only you can change it."
                : "The platform has no such token.",
            ["make the next one at the provider, set it there, then run orrery up"]),
        ExitCode.Invalid);

    private async Task<string> TokenAsync(CancellationToken cancellation)
    {
        var typed = host.Screen.Terminal.IsThere
            ? await host.Screen.Terminal.AskAsync("The new token: ", isSecret: true, cancellation)
            : Encoding.UTF8.GetString(SecretFile.ReadInput(host));
        return typed?.Trim() is { Length: > 0 } token
            ? token
            : throw new SecretRefusal(
                SecretCodes.NotRotatable.At(null, "There is no new token.", ["pipe it in, or type it"]),
                ExitCode.Invalid);
    }
}
