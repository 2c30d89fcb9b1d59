using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes.Objects;

/// <summary>All data of a Secret is sensitive, whether whoever wrote the manifest says so or not.</summary>
internal static class SecretManifest
{
    public static Value.Map Hidden(Value.Map manifest)
    {
        if (manifest["kind"] is not Value.Text { Of: "Secret" } || manifest["apiVersion"] is not Value.Text { Of: "v1" }
            || manifest["data"] is not Value.Map data)
        {
            return manifest;
        }

        var hidden = data.Fields.Map(static (_, value) => value is Value.Sensitive ? value : new Value.Sensitive(value));
        return new Value.Map(manifest.Fields.With("data", new Value.Map(hidden)));
    }
}
