using Orrery.Engine.Ports;
using YamlDotNet.RepresentationModel;

namespace Orrery.Providers.Kubernetes.Configuration;

/// <summary>A map of a kubeconfig with the path that leads to it, so that each complaint names its field.</summary>
internal sealed class KubeconfigNode(YamlMappingNode map, string file, string path)
{
    public YamlMappingNode Map => map;

    public string File => file;

    /// <summary>The text of a field; null where it is absent or empty.</summary>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        YamlScalarNode scalar => string.IsNullOrEmpty(scalar.Value) ? null : scalar.Value,
        _ => throw Wrong(name, "must be a text"),
    };

    public string Required(string name, string remedy) => Text(name) ?? throw Wrong(name, $"is missing: {remedy}");

    /// <summary>It stands there with something in it, of whatever shape.</summary>
    public bool Has(string name) => Find(name) is not null and not YamlScalarNode { Value: null or "" };

    public bool IsTrue(string name) => Text(name) is "true" or "True" or "TRUE";

    public KubeconfigNode? Object(string name) => Find(name) switch
    {
        null or YamlScalarNode { Value: null or "" or "null" or "~" } => null,
        YamlMappingNode inner => new KubeconfigNode(inner, file, PathOf(name)),
        _ => throw Wrong(name, "must be a map"),
    };

    public IEnumerable<YamlNode> List(string name) => Find(name) switch
    {
        null or YamlScalarNode { Value: null or "" or "null" or "~" } => [],
        YamlSequenceNode list => list.Children,
        _ => throw Wrong(name, "must be a list"),
    };

    public IEnumerable<string> Texts(string name) => List(name).Select(
        item => (item as YamlScalarNode)?.Value ?? throw Wrong(name, "must be a list of texts"));

    public IEnumerable<KubeconfigNode> Objects(string name) => List(name).Select((item, index) =>
        item is YamlMappingNode inner
            ? new KubeconfigNode(inner, file, $"{PathOf(name)}[{index}]")
            : throw Wrong(name, "must be a list of maps"));

    /// <summary>The entry of that name in a list such as <c>clusters</c>.</summary>
    public KubeconfigNode? Named(string list, string name)
    {
        foreach (var entry in Objects(list))
        {
            if (entry.Text("name") == name)
                return new KubeconfigNode(entry.Map, file, $"{PathOf(list)}[name={name}]");
        }

        return null;
    }

    public IEnumerable<string> Names(string list) =>
        Objects(list).Select(entry => entry.Text("name")).OfType<string>();

    public ProviderException Wrong(string name, string what) =>
        new(ProviderErrorCode.Invalid, $"{file}: {PathOf(name)} {what}");

    private string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    private YamlNode? Find(string name) =>
        map.Children.TryGetValue(new YamlScalarNode(name), out var found) ? found : null;
}
