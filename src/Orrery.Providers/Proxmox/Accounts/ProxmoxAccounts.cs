using System.Globalization;
using System.Text.Json;
using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Proxmox.Wire;

namespace Orrery.Providers.Proxmox.Accounts;

/// <summary>
/// The API users that a platform needs, made over SSH with <c>pveum</c>
/// (https://pve.proxmox.com/pve-docs/pveum.1.html). A user has no password. Its token has rights of its own (privilege
/// separation), and may do what both may: the rights of a user that was there before do not become the token's.
/// </summary>
internal sealed class ProxmoxAccounts(NodeShell shell, IRandomSource random, Infrastructure.Proxmox settings)
    : ITokenIssuer
{
    /// <summary>Of programs, and not of people of the node itself.</summary>
    private const string Realm = "pve";

    private const string Ask = """
        pveum user token list "$1" --output-format json || exit 1
        """;

    /// <summary>
    /// The token that is there goes only while it is the one that was seen: a call that arrives late takes none away
    /// that was made after it, and makes none beside it.
    /// </summary>
    private const string Issue = """
        role=$1 privileges=$2 user=$3 token=$4 comment=$5 seen=$6
        shift 6
        pveum role add "$role" --privs "$privileges" 2>/dev/null ||
            pveum role modify "$role" --privs "$privileges" || exit 1
        if tokens=$(pveum user token list "$user" --output-format json 2>/dev/null); then
            if [ -n "$seen" ] && printf '%s' "$tokens" | grep -qF "$seen"; then
                pveum user token remove "$user" "$token" || exit 1
            fi
        else
            pveum user add "$user" --comment "Made by Orrery" || exit 1
        fi
        for path in "$@"; do
            pveum acl modify "$path" --users "$user" --roles "$role" || exit 1
        done
        pveum user token add "$user" "$token" --privsep 1 --comment "$comment" --output-format json || exit 1
        for path in "$@"; do
            pveum acl modify "$path" --tokens "$user!$token" --roles "$role" || exit 1
        done
        """;

    private const string Revoke = """
        pveum user token remove "$1" "$2" || exit 1
        """;

    public async Task<IssuedToken> IssueAsync(
        TokenRequest request, OperationContext operation, CancellationToken cancellation)
    {
        var rights = AccountRights.Of(request.Role, settings);
        var user = $"{request.User}@{Realm}";
        var there = (await ListAsync(user, operation, cancellation))
            .FirstOrDefault(token => token.Tokenid == request.Name)?.Comment;
        if (there is not null && !there.StartsWith($"{Mark(request)} ", StringComparison.Ordinal))
        {
            throw new ProviderException(
                ProviderErrorCode.Foreign, $"the token {user}!{request.Name} is there and not ours: delete it first")
            {
                ForeignId = $"{user}!{request.Name}",
            };
        }

        var result = await shell.RunAsync(
            Issue, operation, cancellation,
            [
                rights.Role, string.Join(',', rights.Privileges), user, request.Name,
                $"{Mark(request)} {Nonce()}", there ?? "", .. rights.Paths,
            ]);
        return Read(result.Output, user, request.Name);
    }

    public async Task RevokeAsync(string id, OperationContext operation, CancellationToken cancellation)
    {
        if (id.Split('!') is not [var user, var name])
            throw new InvariantException($"'{id}' is no token of a user");
        if ((await ListAsync(user, operation, cancellation)).Any(token => token.Tokenid == name))
            await shell.RunAsync(Revoke, operation, cancellation, user, name);
    }

    private static string Mark(TokenRequest request) => $"orrery {request.Owner}";

    /// <summary>Tells one attempt from another. Not secret.</summary>
    private string Nonce()
    {
        Span<byte> bytes = stackalloc byte[8];
        random.Fill(bytes);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Without secrets; empty where there is no such user.</summary>
    private async Task<List<TokenEntry>> ListAsync(
        string user, OperationContext operation, CancellationToken cancellation)
    {
        var result = await shell.AskAsync(Ask, operation, cancellation, user);
        if (result.ExitCode == 0)
            return Parse(() => JsonSerializer.Deserialize(result.Output.Span, ProxmoxJson.Default.ListTokenEntry));
        if (result.Error.Contains("no such user", StringComparison.Ordinal))
            return [];
        throw new ProviderException(
            ProviderErrorCode.ActionFailed,
            $"{shell} could not list the tokens of {user}: {ProxmoxErrors.Shorten(result.Error)}"
            + string.Create(CultureInfo.InvariantCulture, $" ({result.ExitCode})"));
    }

    private static IssuedToken Read(ReadOnlyMemory<byte> output, string user, string name)
    {
        var made = Parse(() => JsonSerializer.Deserialize(output.Span, ProxmoxJson.Default.MadeToken));
        return made.Value is { Length: > 0 } secret
            ? new IssuedToken($"{user}!{name}", secret)
            : throw new ProviderException(
                ProviderErrorCode.Unavailable, $"pveum made {user}!{name} and showed no secret");
    }

    private static T Parse<T>(Func<T?> read)
        where T : class
    {
        try
        {
            if (read() is { } value)
                return value;
        }
        catch (JsonException)
        {
            // Not passed on: its words may quote what pveum wrote, which may be a secret.
        }

        throw new ProviderException(ProviderErrorCode.Unavailable, "pveum gave an unreadable answer");
    }
}
