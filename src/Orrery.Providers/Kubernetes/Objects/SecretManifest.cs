using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>
/// All data of a Secret is sensitive, whether whoever wrote the manifest says so or not. Texts may be written as
/// <c>stringData</c>; the server never tells that again, so they are sent and read as <c>data</c>.
/// </summary>
internal static class SecretManifest
{
    public const string Texts = "stringData";
    private const string Data = "data";

    public static Value.Map Hidden(Value.Map manifest)
    {
        if (manifest["kind"] is not Value.Text { Of: "Secret" }
            || manifest["apiVersion"] is not Value.Text { Of: "v1" })
            return manifest;
        foreach (var field in (string[])[Data, Texts])
        {
            if (manifest[field] is Value.Map data)
                manifest = new Value.Map(manifest.Fields.With(field, new Value.Map(data.Fields.Map(
                    static (_, value) => value is Value.Sensitive ? value : new Value.Sensitive(value)))));
        }

        return manifest;
    }

    /// <summary>Moves the texts to where the server keeps them.</summary>
    public static void Encode(JsonObject manifest)
    {
        if (manifest[Texts] is not JsonObject texts)
            return;
        manifest.Remove(Texts);
        var data = manifest[Data] as JsonObject ?? [];
        foreach (var (name, text) in texts)
            data[name] = Convert.ToBase64String(Encoding.UTF8.GetBytes(text.AsText() ?? ""));
        manifest[Data] = data;
    }

    /// <summary>The data of a Secret as texts; what is none is left out.</summary>
    public static JsonObject Decode(JsonObject secret)
    {
        var texts = new JsonObject();
        foreach (var (name, encoded) in secret.Object(Data) ?? [])
        {
            var bytes = new byte[encoded.AsText()?.Length ?? 0];
            if (Convert.TryFromBase64String(encoded.AsText() ?? "", bytes, out var length))
                texts[name] = Encoding.UTF8.GetString(bytes, 0, length);
        }

        return texts;
    }

    /// <summary>Where the server keeps a field and notes its owner.</summary>
    public static string Kept(string field) => field == Texts ? Data : field;
}
