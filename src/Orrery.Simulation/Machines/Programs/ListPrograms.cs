using System.Globalization;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Programs that show what files are there.</summary>
internal static class ListPrograms
{
    public static async Work<int> Ls(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "la1AdhRnt", "color") is not { } options)
            return 2;
        var status = 0;
        foreach (var name in options.Operands.Count == 0 ? ["."] : options.Operands)
        {
            if (call.Files.Find(call.PathOf(name)) is not { } node)
            {
                status = call.Fail($"cannot access '{name}': No such file or directory", 2);
                continue;
            }

            if (node is FolderNode folder && !options.Has("d"))
            {
                foreach (var (child,
                    _) in folder.Children.Where(child => options.Has("a", "A") || !child.Key.StartsWith('.')))
                    Show(call, options, child, call.Files.Find($"{call.PathOf(name)}/{child}", followLinks: false));
            }
            else
            {
                Show(call, options, name, node);
            }
        }

        return status;
    }

    public static async Work<int> Stat(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "c:Lf", "format:", "printf:", "dereference") is not { } options)
            return 1;
        var status = 0;
        foreach (var name in options.Operands)
        {
            if (call.Files.Find(call.PathOf(name), options.Has("L", "dereference")) is not { } node)
            {
                status = call.Fail($"cannot statx '{name}': No such file or directory");
                continue;
            }

            var format = options.Value("c", "format", "printf") ?? "File: %n Size: %s Access: (%a/%A) Uid: %u Gid: %g";
            call.Out.Line(Formatted(call, format, name, node));
        }

        return status;
    }

    /// <summary>For example <c>-rw-r--r--</c>.</summary>
    public static string Letters(Node node)
    {
        var text = new char[10];
        text[0] = node.Letter;
        for (var i = 0; i < 9; i++)
            text[i + 1] = (node.Mode & (0x100 >> i)) != 0 ? "rwx"[i % 3] : '-';
        return new string(text);
    }

    private static void Show(Invocation call, Options options, string name, Node? node)
    {
        if (node is null)
            return;
        if (!options.Has("l", "n"))
        {
            call.Out.Line(name);
            return;
        }

        var arrow = node is LinkNode link ? $" -> {link.Target}" : "";
        var owner = options.Has("n") ? Number(node.Owner) : AccountPrograms.UserName(call, node.Owner);
        var group = options.Has("n") ? Number(node.Group) : AccountPrograms.GroupName(call, node.Group);
        call.Out.Line($"{Letters(node)} 1 {owner} {group} {SizeOf(call, node)} Nov  2 08:00 {name}{arrow}");
    }

    private static string Formatted(Invocation call, string format, string name, Node node)
    {
        var mode = Convert.ToString(node.Mode, 8);
        return format.Replace("%a", mode, StringComparison.Ordinal)
            .Replace("%A", Letters(node), StringComparison.Ordinal)
            .Replace("%u", Number(node.Owner), StringComparison.Ordinal)
            .Replace("%g", Number(node.Group), StringComparison.Ordinal)
            .Replace("%U", AccountPrograms.UserName(call, node.Owner), StringComparison.Ordinal)
            .Replace("%G", AccountPrograms.GroupName(call, node.Group), StringComparison.Ordinal)
            .Replace("%s", SizeOf(call, node), StringComparison.Ordinal)
            .Replace("%F", Kind(node), StringComparison.Ordinal)
            .Replace("%n", name, StringComparison.Ordinal)
            .Replace("\\n", "\n", StringComparison.Ordinal);
    }

    private static string Kind(Node node) => node switch
    {
        FolderNode => "directory",
        LinkNode => "symbolic link",
        DeviceNode { Disk: not null } => "block special file",
        DeviceNode => "character special file",
        FileNode { Content.Length: 0 } => "regular empty file",
        _ => "regular file",
    };

    private static string SizeOf(Invocation call, Node node) => node switch
    {
        FileNode file => call.Machine.Surroundings.Web.SizeOf(file.Content).ToString(CultureInfo.InvariantCulture),
        FolderNode => "4096",
        _ => "0",
    };

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
