using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Orrery.Engine.Ports;
using YamlDotNet.RepresentationModel;

namespace Orrery.Providers.Kubernetes.Configuration;

/// <summary>
/// Changes of a kubeconfig in memory. Each gives another one and leaves this as it is; what a change has no word about
/// stays, whoever wrote it. Names that are missing or taken are refused with what there is.
/// </summary>
public sealed partial class Kubeconfig
{
    private static readonly (string List, string Field)[] Parts =
        [("clusters", "cluster"), ("contexts", "context"), ("users", "user")];

    /// <summary>One context with its cluster and its user alone, and chosen.</summary>
    public Kubeconfig Extract(string context)
    {
        var (cluster, user) = Members(context);
        var root = Skeleton();
        Take(root, "clusters", "cluster", cluster);
        Take(root, "contexts", "context", context);
        if (user is not null)
            Take(root, "users", "user", user);
        root.Children[new YamlScalarNode("current-context")] = Quoted(context);
        return new Kubeconfig(root, _root.File);
    }

    /// <summary>
    /// Gives a context, its cluster and its user one name. Those that other contexts use as well keep theirs beside a
    /// copy of the new name.
    /// </summary>
    public Kubeconfig Rename(string context, string name)
    {
        var (cluster, user) = Members(context);
        var own = Extract(context);
        if (Parts.Any(part => _root.Named(part.List, name) is not null && name != NameIn(part.List)))
            throw Taken(name);
        var renamed = Skeleton();
        Put(renamed, "clusters", name, "cluster", own.Content("clusters", "cluster", cluster));
        var content = own.Content("contexts", "context", context);
        content.Children[new YamlScalarNode("cluster")] = Quoted(name);
        if (user is not null)
        {
            content.Children[new YamlScalarNode("user")] = Quoted(name);
            Put(renamed, "users", name, "user", own.Content("users", "user", user));
        }

        Put(renamed, "contexts", name, "context", content);
        var result = Remove(context).Merge(new Kubeconfig(renamed, _root.File));
        return CurrentContext == context ? result.Choose(name) : result;

        string? NameIn(string list) => list switch { "clusters" => cluster, "users" => user, _ => context };
    }

    /// <summary>
    /// Without a context, and without its cluster and its user where no other context uses them. Where it was the
    /// chosen one none is: what is done next must not go to another cluster unasked.
    /// </summary>
    public Kubeconfig Remove(string context)
    {
        var (cluster, user) = Members(context);
        var root = (YamlMappingNode)Copy(_root.Map);
        Drop(root, "contexts", context);
        var left = _root.Objects("contexts").Where(entry => entry.Text("name") != context)
            .Select(entry => entry.Object("context")).ToList();
        if (left.TrueForAll(other => other?.Text("cluster") != cluster))
            Drop(root, "clusters", cluster);
        if (user is not null && left.TrueForAll(other => other?.Text("user") != user))
            Drop(root, "users", user);
        if (CurrentContext == context)
            root.Children[new YamlScalarNode("current-context")] = new YamlScalarNode("");
        return new Kubeconfig(root, _root.File);
    }

    /// <summary>With another context chosen.</summary>
    public Kubeconfig Choose(string context)
    {
        Members(context);
        var root = (YamlMappingNode)Copy(_root.Map);
        root.Children[new YamlScalarNode("current-context")] = Quoted(context);
        return new Kubeconfig(root, _root.File);
    }

    /// <summary>
    /// What a <see cref="Merge"/> of the other would replace by something else, as <c>users/prod</c>, in order.
    /// </summary>
    public IReadOnlyList<string> Conflicts(Kubeconfig other) =>
    [
        .. from part in Parts
           from name in other._root.Names(part.List)
           let before = _root.Named(part.List, name)?.Object(part.Field)
           let after = other._root.Named(part.List, name)?.Object(part.Field)
           where before is not null && after is not null && !before.Map.Equals(after.Map)
           select $"{part.List}/{name}",
    ];

    /// <summary>Each context with where it leads, in the order of the file. Holds no credentials.</summary>
    public IReadOnlyList<KubeconfigContext> Describe()
    {
        var expiries = Expiries();
        return
        [
            .. from entry in _root.Objects("contexts")
               let name = entry.Text("name") ?? ""
               let cluster = entry.Object("context")?.Text("cluster") ?? ""
               let user = entry.Object("context")?.Text("user")
               select new KubeconfigContext(
                   name, name == CurrentContext,
                   _root.Named("clusters", cluster)?.Object("cluster")?.Text("server"), user,
                   expiries.FirstOrDefault(expiry => expiry.User == user)),
        ];
    }

    /// <summary>When the credentials of each user end, where they say so themselves: the first to end first.</summary>
    public IReadOnlyList<KubeconfigExpiry> Expiries() =>
    [
        .. _root.Objects("users").SelectMany(EndsOf).OrderBy(expiry => expiry.Expires),
    ];

    private static IEnumerable<KubeconfigExpiry> EndsOf(KubeconfigNode entry)
    {
        var (name, user) = (entry.Text("name") ?? "", entry.Object("user"));
        if (EndOfCertificate(user?.Text("client-certificate-data")) is { } certificate)
            yield return new KubeconfigExpiry(name, "client certificate", certificate);
        if (EndOfToken(user?.Text("token")) is { } token)
            yield return new KubeconfigExpiry(name, "token", token);
    }

    private static DateTimeOffset? EndOfCertificate(string? data)
    {
        try
        {
            if (data is null)
                return null;
            using var certificate =
                X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(data)));
            return new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException)
        {
            // Whoever uses it is told what is wrong with it.
            return null;
        }
    }

    // A token of a service account is a JWT, whose second part says its end; others say nothing.
    private static DateTimeOffset? EndOfToken(string? token)
    {
        if (token?.Split('.') is not [_, var claims, _])
            return null;
        try
        {
            var base64 = claims.Replace('-', '+').Replace('_', '/');
            using var json = JsonDocument.Parse(
                Convert.FromBase64String(base64.PadRight((base64.Length + 3) / 4 * 4, '=')));
            return json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("exp", out var end) && end.TryGetInt64(out var seconds)
                && seconds is >= 0 and < 253_402_300_799
                    ? DateTimeOffset.FromUnixTimeSeconds(seconds)
                    : null;
        }
        catch (Exception exception) when (exception is FormatException or JsonException)
        {
            return null;
        }
    }

    private (string Cluster, string? User) Members(string context)
    {
        var found = _root.Named("contexts", context)?.Object("context") ?? throw new ProviderException(
            ProviderErrorCode.NotFound,
            $"{_root.File} has no context '{context}': it has {string.Join(", ", Contexts.DefaultIfEmpty("none"))}");
        return (found.Required("cluster", "it names an entry of 'clusters'"), found.Text("user"));
    }

    private YamlMappingNode Content(string list, string field, string name) =>
        (YamlMappingNode)Copy((_root.Named(list, name)?.Object(field) ?? throw new ProviderException(
            ProviderErrorCode.Invalid, $"{_root.File} has no {field} '{name}', which a context names")).Map);

    private void Take(YamlMappingNode root, string list, string field, string name) =>
        Put(root, list, name, field, Content(list, field, name));

    private static void Drop(YamlMappingNode root, string list, string name)
    {
        if (root.Children.TryGetValue(new YamlScalarNode(list), out var found) && found is YamlSequenceNode entries)
        {
            foreach (var entry in entries.Children.OfType<YamlMappingNode>().ToList())
            {
                if (entry.Children.TryGetValue(new YamlScalarNode("name"), out var there)
                    && there is YamlScalarNode scalar && scalar.Value == name)
                    entries.Children.Remove(entry);
            }
        }
    }

    private ProviderException Taken(string name) => new(
        ProviderErrorCode.Conflict, $"{_root.File} has a cluster, user or context '{name}' already");
}

/// <summary>Where a context leads.</summary>
/// <param name="Server">The API server's address; null where the file has no such cluster.</param>
/// <param name="User">Null where it names none.</param>
/// <param name="Ends">The first of its user's credentials to end; null where they do not say.</param>
public sealed record KubeconfigContext(
    string Name, bool IsCurrent, string? Server, string? User, KubeconfigExpiry? Ends);

/// <summary>When a user's credentials end.</summary>
/// <param name="What">Which: <c>client certificate</c> or <c>token</c>.</param>
public sealed record KubeconfigExpiry(string User, string What, DateTimeOffset Expires)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"the {What} of {User} ends on {Expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC");
}
