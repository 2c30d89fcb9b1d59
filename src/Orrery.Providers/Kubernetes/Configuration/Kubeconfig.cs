using System.Globalization;
using Orrery.Engine.Ports;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orrery.Providers.Kubernetes.Configuration;

/// <summary>
/// A kubeconfig: which clusters there are and who we are to them
/// (https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/). Its text form keeps every field, also those that
/// we do not know; comments are lost, as with kubectl. Never shows what it holds.
/// </summary>
public sealed partial class Kubeconfig
{
    /// <summary>Larger than that is no kubeconfig.</summary>
    private const int CharactersMax = 4 * 1024 * 1024;

    private readonly KubeconfigNode _root;

    private Kubeconfig(YamlMappingNode root, string path) => _root = new KubeconfigNode(root, path, "");

    /// <summary>Empty where none is chosen.</summary>
    public string CurrentContext => _root.Text("current-context") ?? "";

    public IEnumerable<string> Contexts => _root.Names("contexts");

    /// <summary>Reads a file's text. Throws <see cref="ProviderErrorCode.Invalid"/>, naming the line.</summary>
    /// <param name="path">Where it stands: for messages, and files that it names are found from there.</param>
    public static Kubeconfig Read(string text, string path)
    {
        if (text.Length > CharactersMax)
            throw new ProviderException(ProviderErrorCode.Invalid, $"{path} is too long for a kubeconfig");
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (Exception exception) when (exception is YamlException or InvalidOperationException)
        {
            // The inner message may quote a key.
            var line = exception is YamlException yaml
                ? $" (line {yaml.Start.Line.ToString(CultureInfo.InvariantCulture)})"
                : "";
            throw new ProviderException(ProviderErrorCode.Invalid, $"{path} is not readable as YAML{line}");
        }

        if (stream.Documents.Count == 0)
            return new Kubeconfig(Skeleton(), path);
        if (stream.Documents.Count > 1 || stream.Documents[0].RootNode is not YamlMappingNode root)
        {
            throw new ProviderException(
                ProviderErrorCode.Invalid, $"{path} must be one map: apiVersion, kind: Config, …");
        }

        return new Kubeconfig(root, path);
    }

    /// <summary>A kubeconfig of one cluster, whose cluster, user and context have the same name.</summary>
    public static Kubeconfig Of(KubeconfigEntry entry)
    {
        var cluster = new YamlMappingNode { { "server", entry.Server.OriginalString } };
        if (entry.CertificateAuthority is { } authority)
            cluster.Add("certificate-authority-data", Data(authority));
        var user = new YamlMappingNode();
        if (entry.ClientCertificate is { } certificate)
            user.Add("client-certificate-data", Data(certificate));
        if (entry.ClientKey is { } key)
            user.Add("client-key-data", Data(key));
        if (entry.Token is { } token)
            user.Add("token", Quoted(token));
        var context = new YamlMappingNode { { "cluster", Quoted(entry.Name) }, { "user", Quoted(entry.Name) } };
        var root = Skeleton();
        Put(root, "clusters", entry.Name, "cluster", cluster);
        Put(root, "contexts", entry.Name, "context", context);
        Put(root, "users", entry.Name, "user", user);
        root.Children[new YamlScalarNode("current-context")] = Quoted(entry.Name);
        return new Kubeconfig(root, entry.Name);
    }

    /// <summary>
    /// This one with the other's clusters, users and contexts: those of the same name are replaced, all else stays. The
    /// chosen context stays too, where one is chosen that exists.
    /// </summary>
    public Kubeconfig Merge(Kubeconfig other)
    {
        var merged = (YamlMappingNode)Copy(_root.Map);
        foreach (var (list, field) in new[] { ("clusters", "cluster"), ("contexts", "context"), ("users", "user") })
        {
            foreach (var entry in other._root.Objects(list))
            {
                if (entry.Text("name") is { } name && entry.Object(field) is { } content)
                    Put(merged, list, name, field, (YamlMappingNode)Copy(content.Map));
            }
        }

        if (!Contexts.Contains(CurrentContext) && other.CurrentContext.Length > 0)
            merged.Children[new YamlScalarNode("current-context")] = Quoted(other.CurrentContext);
        return new Kubeconfig(merged, _root.File);
    }

    /// <summary>As YAML. Holds keys: for a file that only its owner reads.</summary>
    public string ToText()
    {
        using var writer = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        new YamlStream(new YamlDocument(_root.Map)).Save(writer, assignAnchors: false);
        var text = writer.ToString();
        // The writer marks the document's end, which no tool expects here.
        return text.EndsWith("...\n", StringComparison.Ordinal) ? text[..^"...\n".Length] : text;
    }

    /// <summary>How a context's cluster is reached, and who we are to it. May run a program for credentials.</summary>
    /// <param name="context">Null for the current one.</param>
    public Task<KubeconfigAccess> OpenAsync(
        string? context, KubeconfigSurroundings surroundings, CancellationToken cancellation) =>
        new KubeconfigReading(_root, surroundings).OpenAsync(context ?? CurrentContext, cancellation);

    public override string ToString() => $"kubeconfig {_root.File}";

    private static YamlMappingNode Skeleton() => new() { { "apiVersion", "v1" }, { "kind", "Config" } };

    private static YamlScalarNode Data(string pem) =>
        new(Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(pem)));

    /// <summary>A text that reads like a number or nothing stays a text.</summary>
    private static YamlScalarNode Quoted(string text) =>
        new(text) { Style = text.All(char.IsAsciiLetter) ? ScalarStyle.Any : ScalarStyle.DoubleQuoted };

    private static void Put(YamlMappingNode root, string list, string name, string field, YamlMappingNode content)
    {
        var key = new YamlScalarNode(list);
        if (!root.Children.TryGetValue(key, out var found) || found is not YamlSequenceNode entries)
            root.Children[key] = entries = new YamlSequenceNode();
        var entry = new YamlMappingNode { { "name", Quoted(name) }, { field, content } };
        for (var i = 0; i < entries.Children.Count; i++)
        {
            if (entries.Children[i] is YamlMappingNode other
                && other.Children.TryGetValue(new YamlScalarNode("name"), out var there)
                && there is YamlScalarNode scalar && scalar.Value == name)
            {
                entries.Children[i] = entry;
                return;
            }
        }

        entries.Add(entry);
    }

    private static YamlNode Copy(YamlNode node)
    {
        switch (node)
        {
            case YamlMappingNode map:
                var copy = new YamlMappingNode { Style = map.Style };
                foreach (var (key, value) in map.Children)
                    copy.Add(Copy(key), Copy(value));
                return copy;
            case YamlSequenceNode list:
                return new YamlSequenceNode(list.Children.Select(Copy)) { Style = list.Style };
            case YamlScalarNode scalar:
                return new YamlScalarNode(scalar.Value) { Style = scalar.Style };
            default:
                throw new ProviderException(ProviderErrorCode.Invalid, "the kubeconfig uses aliases: write them out");
        }
    }
}

/// <summary>One cluster, to be written into a kubeconfig.</summary>
/// <param name="Name">Of the cluster, the user and the context.</param>
/// <param name="Server">For example <c>https://192.0.2.10:6443</c>.</param>
public sealed record KubeconfigEntry(string Name, Uri Server)
{
    /// <summary>As PEM.</summary>
    public string? CertificateAuthority { get; init; }

    /// <summary>As PEM.</summary>
    public string? ClientCertificate { get; init; }

    /// <summary>As PEM. Secret.</summary>
    public string? ClientKey { get; init; }

    /// <summary>Secret.</summary>
    public string? Token { get; init; }

    public override string ToString() => $"kubeconfig entry {Name}";
}
