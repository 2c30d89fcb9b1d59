using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Programs that change modes and owners.</summary>
internal static class OwnerPrograms
{
    public static async Work<int> Chmod(Invocation call)
    {
        await call.Scope.CountProcess();
        // A mode such as `-x` looks like an option; scripts write it as an operand.
        if (Options.Read(call, "Rvfc", "recursive", "reference:") is not { Operands.Count: >= 2 } options)
            return call.Fail("missing operand");
        var wrong = Mode(options.Operands[0], 0, isFolder: false) is null;
        return wrong
            ? call.Fail($"invalid mode: ‘{options.Operands[0]}’")
            : Each(call, options, "cannot access '{0}'", node =>
                node.Mode = Mode(options.Operands[0], node.Mode, node is FolderNode) ?? node.Mode);
    }

    public static async Work<int> Chown(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "RvfchHLP", "recursive", "no-dereference") is not { Operands.Count: >= 2 } options)
            return call.Fail("missing operand");
        var names = call.Name == "chgrp" ? ["", options.Operands[0]] : options.Operands[0].Split([':', '.'], 2);
        var owner = names[0].Length == 0 ? -1 : AccountPrograms.UserId(call, names[0]);
        var group = names.Length < 2 || names[1].Length == 0 ? -1 : AccountPrograms.GroupId(call, names[1]);
        if (owner is null)
            return call.Fail($"invalid user: ‘{options.Operands[0]}’");
        if (group is null)
            return call.Fail($"invalid group: ‘{options.Operands[0]}’");
        return Each(call, options, "cannot access '{0}'", node =>
        {
            node.Owner = owner < 0 ? node.Owner : owner.Value;
            node.Group = group < 0 ? node.Group : group.Value;
        });
    }

    /// <summary>What a mode, octal or symbolic, makes of another; null where it is none.</summary>
    public static int? Mode(string text, int before, bool isFolder)
    {
        if (text.Length > 0 && text.All(digit => digit is >= '0' and <= '7'))
            return Convert.ToInt32(text, 8);
        var mode = before;
        foreach (var clause in text.Split(','))
        {
            var index = clause.IndexOfAny(['+', '-', '=']);
            if (index < 0)
                return null;
            var who = clause[..index].Length == 0 ? "ugo"
                : clause[..index].Replace("a", "ugo", StringComparison.Ordinal);
            var bits = 0;
            foreach (var right in clause[(index + 1)..])
            {
                bits |= right switch
                {
                    'r' => 4,
                    'w' => 2,
                    'x' => 1,
                    'X' => isFolder || (before & 0x49) != 0 ? 1 : 0,
                    's' or 't' => 0,
                    _ => 8,
                };
            }

            if (bits >= 8 || who.Any(letter => letter is not ('u' or 'g' or 'o')))
                return null;
            foreach (var letter in who)
            {
                var shift = letter == 'u' ? 6 : letter == 'g' ? 3 : 0;
                mode = clause[index] switch
                {
                    '+' => mode | (bits << shift),
                    '-' => mode & ~(bits << shift),
                    _ => (mode & ~(7 << shift)) | (bits << shift),
                };
            }
        }

        return mode;
    }

    private static int Each(Invocation call, Options options, string complaint, Action<Node> act)
    {
        var status = 0;
        foreach (var name in options.Operands.Skip(1))
        {
            var path = call.PathOf(name);
            if (call.Files.Find(path) is not { } node)
            {
                status = call.Fail(
                    $"{complaint.Replace("{0}", name, StringComparison.Ordinal)}: No such file or directory");
                continue;
            }

            act(node);
            if (!options.Has("R", "recursive"))
                continue;
            foreach (var (_, inner) in call.Files.Below(path))
                act(inner);
        }

        return status;
    }
}
