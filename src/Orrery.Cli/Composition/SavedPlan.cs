using System.Text;
using System.Text.Json;
using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Plans;
using Orrery.Engine.Runs;
using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Composition;

/// <summary>
/// A plan in a file, to be looked at by others and then carried out as it is. It is planned again before that, and
/// refused when that gives another plan; so no sensitive value need be in the file.
/// </summary>
internal sealed class SavedPlan
{
    private readonly JsonElement _root;

    private SavedPlan(JsonElement root) => _root = root;

    public static void Write(string path, string platform, PlannedRun planned)
    {
        var text = JsonOutput.Text(json => PlanJson.Write(json, platform, planned));
        // It names machines and addresses of the platform: not for everyone on this machine.
        StateFolder.WriteForOwner(path, Encoding.UTF8.GetBytes(text));
    }

    public static Diagnosed<SavedPlan> Read(Host host, string path, string platformId)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(host.FullPath(path)));
            var root = document.RootElement;
            if (!root.TryGetProperty("schema", out var schema) || !schema.TryGetInt32(out var number))
                return Refused($"'{path}' has no schema version.");
            if (number != PlanJson.Schema)
                return Refused($"'{path}' has schema {number}, this Orrery knows {PlanJson.Schema}.");
            var id = root.GetProperty("platformId").GetString();
            if (id != platformId)
                return Refused($"'{path}' is a plan of the platform '{id}', and this is '{platformId}'.");
            return new Diagnosed<SavedPlan>(new SavedPlan(root.Clone()), []);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return Refused($"'{path}' is not there.");
        }
        catch (Exception exception)
            when (exception is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return Refused($"'{path}' is not a plan as Orrery writes it.");
        }
    }

    /// <summary>The addresses whose change is another one now; empty where the plan is still the same.</summary>
    public IReadOnlyList<string> DifferencesTo(string platform, PlannedRun planned)
    {
        using var now = JsonDocument.Parse(JsonOutput.Text(json => PlanJson.Write(json, platform, planned)));
        var (before, after) = (ByAddress(_root), ByAddress(now.RootElement));
        return
        [
            .. before.Keys.Union(after.Keys, StringComparer.Ordinal)
                .Where(address => !before.TryGetValue(address, out var was)
                    || !after.TryGetValue(address, out var isNow)
                    || !JsonElement.DeepEquals(was, isNow))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static Dictionary<string, JsonElement> ByAddress(JsonElement root)
    {
        var changes = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var change in root.GetProperty("changes").EnumerateArray())
            changes[change.GetProperty("address").GetString() ?? ""] = change;
        return changes;
    }

    private static Diagnosed<SavedPlan> Refused(string detail) =>
        new(null, [CliCodes.NoSavedPlan.At(null, detail, ["save one:", "  orrery plan DIR --out FILE"])]);
}
