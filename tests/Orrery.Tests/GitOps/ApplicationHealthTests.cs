using System.Text;
using Orrery.GitOps.Delivery;
using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Tests.Programs;

namespace Orrery.Tests.GitOps;

/// <summary>The health check is run by a real Lua, over Applications as Argo CD has them.</summary>
public sealed class ApplicationHealthTests
{
    private const string Good =
        """
        spec: { source: { repoURL: r, path: p, targetRevision: main } }
        status:
          health: { status: Healthy }
          sync: { status: Synced, revision: b, comparedTo: { source: { repoURL: r, path: p, targetRevision: main } } }
          operationState: { phase: Succeeded, syncResult: { revision: a } }
        """;

    private static readonly (string Old, string New, string Expected)[] Cases =
    [
        ("status: Healthy", "status: Healthy", "Healthy"),
        ("status: Healthy", "status: Degraded", "Degraded"),
        ("status: Healthy", "status: Missing", "Missing"),
        ("status: Synced", "status: OutOfSync", "Progressing"),
        ("phase: Succeeded", "phase: Running", "Progressing"),
        ("phase: Succeeded", "phase: Terminating", "Progressing"),
        ("phase: Succeeded", "phase: Failed", "Degraded"),
        ("phase: Succeeded", "phase: Error", "Degraded"),
        ("  operationState", "  nothing", "Progressing"),
        ("spec:", "operation: { sync: { revision: b } }\nspec:", "Progressing"),
        ("p, targetRevision: main } }\nstatus", "q, targetRevision: main } }\nstatus", "Progressing"),
        ("p, targetRevision: main } }\nstatus", "p, targetRevision: next } }\nstatus", "Progressing"),
        ("spec: { source", "spec: { other", "Progressing"),
        ("status:\n", "nothing:\n", "Progressing"),
    ];

    [ProgramFact("lua5.1")]
    public async Task An_application_is_healthy_only_when_all_of_it_is_there()
    {
        var script = new StringBuilder($"local function check(obj)\n{ApplicationHealth.Lua}\nend\n");
        foreach (var (old, replacement, _) in Cases)
        {
            Good.ShouldContain(old);
            var application = YamlDocuments.Read(Good.Replace(old, replacement, StringComparison.Ordinal))[0];
            script.Append("print(check(").Append(Lua(application)).Append(").status)\n");
        }

        var printed = await ProgramRun.OutputAsync("lua5.1", Encoding.UTF8.GetBytes(script.ToString()), "-");
        Encoding.UTF8.GetString(printed).Trim().Split('\n').ShouldBe(Cases.Select(row => row.Expected));
    }

    [ProgramFact("lua5.1")]
    public async Task One_of_several_sources_that_is_not_compared_yet_counts()
    {
        const string Sources =
            """
            spec: { sources: [ { chart: c, targetRevision: NEW }, { ref: tree } ] }
            status:
              health: { status: Healthy }
              sync: { status: Synced, comparedTo: { sources: [ { chart: c, targetRevision: v1 }, { ref: tree } ] } }
              operationState: { phase: Succeeded }
            """;
        var script = $"local function check(obj)\n{ApplicationHealth.Lua}\nend\n";
        foreach (var version in new[] { "v1", "v2" })
        {
            var application = YamlDocuments.Read(Sources.Replace("NEW", version, StringComparison.Ordinal))[0];
            script += $"print(check({Lua(application)}).status)\n";
        }

        var printed = await ProgramRun.OutputAsync("lua5.1", Encoding.UTF8.GetBytes(script), "-");
        Encoding.UTF8.GetString(printed).ShouldBe("Healthy\nProgressing\n");
    }

    private static string Lua(Value value) => value switch
    {
        Value.Map map => $"{{{string.Join(", ", map.Fields.Select(f => $"[\"{f.Key}\"] = {Lua(f.Value)}"))}}}",
        Value.List list => $"{{{string.Join(", ", list.Items.Select(Lua))}}}",
        _ => $"\"{value.AsText()}\"",
    };
}
