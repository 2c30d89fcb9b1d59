using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Programs that take paths apart.</summary>
internal static class NamePrograms
{
    public static async Work<int> BaseName(Invocation call)
    {
        await call.Scope.CountProcess();
        var words = call.Arguments.Where(argument => argument != "--").ToList();
        if (words.Count == 0)
            return call.Fail("missing operand");
        var path = words[0].TrimEnd('/');
        var name = path[(path.LastIndexOf('/') + 1)..];
        var suffix = words.ElementAtOrDefault(1) ?? "";
        call.Out.Line(suffix.Length > 0 && name != suffix && name.EndsWith(suffix, StringComparison.Ordinal)
            ? name[..^suffix.Length]
            : name);
        return 0;
    }

    public static async Work<int> DirName(Invocation call)
    {
        await call.Scope.CountProcess();
        var words = call.Arguments.Where(argument => argument != "--").ToList();
        if (words.Count == 0)
            return call.Fail("missing operand");
        var path = words[0].TrimEnd('/');
        var end = path.LastIndexOf('/');
        call.Out.Line(end < 0 ? "." : end == 0 ? "/" : path[..end]);
        return 0;
    }

    public static async Work<int> ReadLink(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "femnsq") is not { Operands.Count: > 0 } options)
            return call.Fail("missing operand");
        var path = call.PathOf(options.Operands[0]);
        if (call.Name == "realpath" || options.Has("f", "e", "m"))
        {
            if (!options.Has("m") && call.Files.Find(path) is null && (call.Name == "realpath" || options.Has("e")))
                return call.Fail($"{options.Operands[0]}: No such file or directory");
            call.Out.Line(call.Files.Canonical(path));
            return 0;
        }

        if (call.Files.Find(path, followLinks: false) is not LinkNode link)
            return 1;
        call.Out.Line(link.Target);
        return 0;
    }
}
