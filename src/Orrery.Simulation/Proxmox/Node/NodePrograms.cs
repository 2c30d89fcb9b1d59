using System.Text.Json.Nodes;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Programs;
using Orrery.Simulation.Proxmox.Routes;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Proxmox.Node;

/// <summary>
/// The programs of a node's shell, which carry out operations of the API as root: <c>pveum</c>
/// (https://pve.proxmox.com/pve-docs/pveum.1.html) and <c>pvesh</c> (pvesh.1.html). Of the output formats only JSON is
/// simulated. Both end with 255 when they refuse, as Perl's <c>exit(-1)</c> does.
/// </summary>
internal sealed class NodePrograms
{
    private const int Refused = 255;

    /// <summary>Until Perl has loaded its modules. Assumed.</summary>
    private static readonly TimeSpan Start = TimeSpan.FromMilliseconds(700);

    private readonly ProxmoxWorld _world;

    public NodePrograms(ProxmoxWorld world)
    {
        _world = world;
        All = new Dictionary<string, Program>(StringComparer.Ordinal) { ["pveum"] = Pveum, ["pvesh"] = Pvesh };
    }

    /// <summary>By name.</summary>
    public IReadOnlyDictionary<string, Program> All { get; }

    private async Work<int> Pveum(Invocation call)
    {
        await call.Scope.Sleep(Start);
        if (PveumCommand.Find(call.Arguments) is not { } found)
        {
            call.Error.Line($"ERROR: unknown command 'pveum {string.Join(' ', call.Arguments.Take(2))}'");
            return Refused;
        }

        var (command, others) = found;
        var read = NodeArguments.Read(command.Operands, command.Options, others);
        return read.Problem is { } problem
            ? Usage(call, problem, command.Usage)
            : Run(call, command.Method, command.PathOf(read), read);
    }

    private async Work<int> Pvesh(Invocation call)
    {
        await call.Scope.Sleep(Start);
        string[] operands = ["command", "api_path"];
        var read = NodeArguments.Read(operands, options: null, call.Arguments);
        if (read.Problem is { } problem)
            return Usage(call, problem, "pvesh get <api_path> [OPTIONS] [FORMAT_OPTIONS]");
        var method = read.Fields["command"] switch
        {
            "get" => "GET",
            "create" => "POST",
            "set" => "PUT",
            "delete" => "DELETE",
            _ => null,
        };
        if (method is null)
        {
            call.Error.Line($"ERROR: unknown command 'pvesh {read.Fields["command"]}'");
            return Refused;
        }

        var path = read.Fields["api_path"];
        read.Fields.Remove("command");
        read.Fields.Remove("api_path");
        return Run(call, method, path, read);
    }

    private int Run(Invocation call, string method, string path, NodeArguments arguments)
    {
        var (status, body) = _world.HandleOnNode(
            new WorldRequest
            {
                Method = method,
                Path = RouteTable.Prefix + path,
                Query = string.Join('&', arguments.Fields.Select(field =>
                    $"{Uri.EscapeDataString(field.Key)}={Uri.EscapeDataString(field.Value)}")),
            },
            call.Machine.Agenda.Now);
        if (status != 200)
            return Refuse(call, status, body);
        if (body["data"] is not { } data)
            return 0;
        if (!arguments.IsJson)
            return call.Fail("only '--output-format json' is simulated");
        call.Out.Line(data.ToJsonString());
        return 0;
    }

    private static int Refuse(Invocation call, int status, JsonObject body)
    {
        var message = $"{body["message"]}".TrimEnd('\n');
        call.Error.Line(status == 400 ? $"400 {message}" : message);
        foreach (var (name, problem) in body["errors"] as JsonObject ?? [])
            call.Error.Line($"{name}: {problem}");
        return Refused;
    }

    private static int Usage(Invocation call, string problem, string usage)
    {
        call.Error.Line(problem);
        call.Error.Line(usage);
        return Refused;
    }
}
