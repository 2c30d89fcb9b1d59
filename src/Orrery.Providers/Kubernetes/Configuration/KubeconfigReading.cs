using System.Text;
using Orrery.Engine.Ports;
using Orrery.Providers.Http;

namespace Orrery.Providers.Kubernetes.Configuration;

/// <summary>Follows a context to its cluster and user. Every complaint names the field and what to do.</summary>
internal sealed class KubeconfigReading(KubeconfigNode root, KubeconfigSurroundings surroundings)
{
    private static readonly (string Field, string Remedy)[] RefusedOfClusters =
    [
        ("proxy-url", "is not supported: reach the cluster directly or through SSH"),
        ("tls-server-name", "is not supported: let the server's certificate name the address in 'server'"),
    ];

    private static readonly (string Field, string Remedy)[] RefusedOfUsers =
    [
        ("username", "is not supported: Kubernetes 1.19 removed passwords; use a token or a client certificate"),
        ("auth-provider", "is not supported: Kubernetes 1.26 removed it; use an exec plugin"),
        ("as", "is not supported: use the credentials of the user that you want to be"),
    ];

    public async Task<KubeconfigAccess> OpenAsync(string name, CancellationToken cancellation)
    {
        var (cluster, user) = Find(name);
        var connection = ConnectionOf(cluster);
        if (user is null)
            return new KubeconfigAccess(name, connection, null);
        Refuse(user, RefusedOfUsers);
        if (user.Object("exec") is { } exec)
            return await RunAsync(name, connection, exec, cancellation);
        connection = connection with
        {
            ClientCertificate = Pem(user, "client-certificate"),
            ClientKey = Pem(user, "client-key"),
        };
        if (connection.ClientCertificate is null != connection.ClientKey is null)
        {
            var (there, missing) = connection.ClientKey is null
                ? ("client-certificate", "client-key")
                : ("client-key", "client-certificate");
            throw user.Wrong($"{missing}-data", $"is missing: {there} needs it");
        }

        return new KubeconfigAccess(name, connection, TokensOf(user));
    }

    private (KubeconfigNode Cluster, KubeconfigNode? User) Find(string name)
    {
        if (name.Length == 0)
            throw root.Wrong("current-context", $"is not set: choose one of {Listed("contexts")}");
        var context = root.Named("contexts", name)?.Object("context") ?? throw root.Wrong(
            "contexts", $"has no context '{name}': choose one of {Listed("contexts")}");
        var clusterName = context.Required("cluster", "it names an entry of 'clusters'");
        var cluster = root.Named("clusters", clusterName)?.Object("cluster") ?? throw context.Wrong(
            "cluster", $"names '{clusterName}', which 'clusters' does not have: it has {Listed("clusters")}");
        if (context.Text("user") is not { } userName)
            return (cluster, null);
        var entry = root.Named("users", userName) ?? throw context.Wrong(
            "user", $"names '{userName}', which 'users' does not have: it has {Listed("users")}");
        return (cluster, entry.Object("user"));
    }

    private Connection ConnectionOf(KubeconfigNode cluster)
    {
        Refuse(cluster, RefusedOfClusters);
        if (cluster.IsTrue("insecure-skip-tls-verify"))
        {
            throw cluster.Wrong(
                "insecure-skip-tls-verify", "is not supported: give certificate-authority-data instead");
        }

        var text = cluster.Required("server", "write the API server's address, for example https://192.0.2.10:6443");
        if (!Uri.TryCreate(text, UriKind.Absolute, out var server)
            || (server.Scheme != Uri.UriSchemeHttps && server.Scheme != Uri.UriSchemeHttp)
            || server.UserInfo.Length > 0)
        {
            throw cluster.Wrong("server", "is not an https address: write for example https://192.0.2.10:6443");
        }

        return new Connection { Server = server, CertificateAuthority = Pem(cluster, "certificate-authority") };
    }

    /// <summary>A field that stands there as data or names a file; data wins, as with kubectl.</summary>
    private string? Pem(KubeconfigNode node, string field)
    {
        string? pem;
        if (node.Text($"{field}-data") is { } data)
        {
            field = $"{field}-data";
            var bytes = new byte[data.Length];
            pem = Convert.TryFromBase64String(data, bytes, out var length)
                ? Encoding.UTF8.GetString(bytes, 0, length)
                : throw node.Wrong(field, "is not base64: it is the base64 of a whole PEM file");
        }
        else
        {
            pem = node.Text(field) is { } file ? ReadFile(node, field, file) : null;
        }

        return pem is null || pem.Contains("-----BEGIN ", StringComparison.Ordinal)
            ? pem
            : throw node.Wrong(field, "holds no PEM: it must hold a line '-----BEGIN …-----'");
    }

    private ITokenSource? TokensOf(KubeconfigNode user)
    {
        // The file wins: it is renewed while the other stays.
        if (user.Text("tokenFile") is { } file)
        {
            ReadFile(user, "tokenFile", file);
            return new FileTokens(() => ReadFile(user, "tokenFile", file).Trim(), surroundings.Time);
        }

        return user.Text("token") is { } token ? new FixedToken(token) : null;
    }

    private string ReadFile(KubeconfigNode node, string field, string file)
    {
        var path = Beside(file);
        return surroundings.ReadFile(path)
            ?? throw node.Wrong(field, $"names the file '{path}', which is not there or may not be read");
    }

    private async Task<KubeconfigAccess> RunAsync(
        string name, Connection connection, KubeconfigNode exec, CancellationToken cancellation)
    {
        var plugin = CredentialPlugin.Read(exec, connection, surroundings.Processes, Beside);
        var given = await plugin.RunAsync(cancellation);
        if (given.ClientCertificate is { } certificate)
        {
            return new KubeconfigAccess(
                name, connection with { ClientCertificate = certificate, ClientKey = given.ClientKey },
                given.Token is { } fixedToken ? new FixedToken(fixedToken) : null)
            {
                Expires = given.Expires,
            };
        }

        return new KubeconfigAccess(name, connection, new PluginTokens(plugin, given, surroundings.Time));
    }

    /// <summary>Names of files are meant from the folder of the kubeconfig.</summary>
    private string Beside(string file) =>
        Path.IsPathRooted(file) ? file : Path.Join(Path.GetDirectoryName(root.File) ?? "", file);

    private string Listed(string list)
    {
        var names = root.Names(list).ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }

    private static void Refuse(KubeconfigNode node, IEnumerable<(string Field, string Remedy)> refused)
    {
        foreach (var (field, remedy) in refused)
        {
            if (node.Has(field))
                throw node.Wrong(field, remedy);
        }
    }
}
