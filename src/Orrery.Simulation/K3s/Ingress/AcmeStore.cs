using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.K3s.Control;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Machines;

namespace Orrery.Simulation.K3s.Ingress;

/// <summary>
/// Traefik's <c>acme.json</c>: an account and its certificates for each resolver, by their main domain.
/// https://doc.traefik.io/traefik/https/acme/#storage
/// </summary>
internal sealed class AcmeStore(Machine machine, string path)
{
    private const int OwnerOnly = 0x180; // 0600

    /// <summary>Why Traefik does not use it, in its words, or null.</summary>
    public string? Problem(string shown)
    {
        if (machine.PermissionsOf(path) is not { } permissions)
            return null;
        if ((permissions.Mode & 0x1FF) != OwnerOnly)
        {
            var mode = Convert.ToString(permissions.Mode & 0x1FF, 8);
            return $"unable to get ACME account: permissions {mode} for {shown} are "
                + "too open, please use 600";
        }

        try
        {
            Read();
            return null;
        }
        catch (JsonException problem)
        {
            return $"unable to get ACME account: {problem.Message}";
        }
    }

    public IReadOnlyList<string> Hosts(string resolver) =>
        [.. Read().At(resolver, "Certificates").Items().Select(each => each.TextAt("domain", "main")).OfType<string>()];

    /// <summary>Adds a certificate and writes the file to the disk at once.</summary>
    public void Add(string resolver, string host, string certificate, int user)
    {
        var all = Read();
        var own = all.Child(resolver);
        own["Account"] ??= new JsonObject { ["Email"] = "", ["KeyType"] = "4096" };
        var certificates = own["Certificates"] as JsonArray ?? [];
        certificates.Add((JsonNode)new JsonObject
        {
            ["domain"] = new JsonObject { ["main"] = host },
            ["certificate"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(certificate)),
            ["key"] = Convert.ToBase64String(Encoding.UTF8.GetBytes("(simulated) key of " + host)),
            ["Store"] = "default",
        });
        // Afresh, because a node has one parent only.
        own["Certificates"] = certificates.DeepClone();
        var owner = machine.PermissionsOf(path)?.Owner ?? user;
        machine.WriteFile(path, JsonText.Bytes(all), OwnerOnly, owner);
        machine.Mounts.Sync();
    }

    private JsonObject Read()
    {
        var text = machine.ReadFile(path) is { } content ? Encoding.UTF8.GetString(content.Span).Trim() : "";
        return text.Length == 0 ? [] : JsonNode.Parse(text) as JsonObject ?? [];
    }
}
