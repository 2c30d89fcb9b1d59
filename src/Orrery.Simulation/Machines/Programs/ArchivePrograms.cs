using System.Text;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary><c>tar</c>, as far as it unpacks what the simulated web holds and what it packed itself.</summary>
internal static class ArchivePrograms
{
    private const string Mark = "#!simulated-archive\n";

    public static async Work<int> Tar(Invocation call)
    {
        await call.Scope.CountProcess();
        // The first argument may be letters without a dash.
        var arguments = call.Arguments.ToList();
        if (arguments.Count > 0 && !arguments[0].StartsWith('-'))
            arguments[0] = "-" + arguments[0];
        if (Options.Read(call with { Arguments = arguments }, "xczjJvtpf:C:", "extract", "zstd", "strip-components:",
            "no-same-owner", "file:", "directory:", "gzip", "create") is not { } options)
        {
            return 2;
        }

        var name = options.Value("f", "file") ?? "-";
        var folder = call.PathOf(options.Value("C", "directory") ?? ".");
        if (call.Files.Find(folder) is not FolderNode)
            return call.Fail($"{options.Value("C", "directory")}: Cannot open: No such file or directory", 2);
        return options.Has("c", "create")
            ? Pack(call, name, folder, options.Operands)
            : Unpack(call, name, folder, options);
    }

    private static int Pack(Invocation call, string name, string folder, IReadOnlyList<string> members)
    {
        var text = new StringBuilder(Mark);
        foreach (var member in members)
        {
            var path = FileSystem.Join(folder, member);
            if (call.Files.Find(path) is not { } node)
                return call.Fail($"{member}: Cannot stat: No such file or directory", 2);
            var files = node is FileNode ? [(path, node)] : call.Files.Below(path);
            foreach (var (found, inner) in files)
            {
                if (inner is FileNode file)
                    text.Append(found[folder.TrimEnd('/').Length..].TrimStart('/')).Append(' ')
                        .Append(Convert.ToString(file.Mode, 8)).Append(' ')
                        .Append(Convert.ToBase64String(file.Content)).Append('\n');
            }
        }

        if (name == "-")
            call.Out.Text(text.ToString());
        else
            call.Files.WriteText(call.PathOf(name), text.ToString());
        return 0;
    }

    private static int Unpack(Invocation call, string name, string folder, Options options)
    {
        var content = name == "-" ? call.In.TakeAll() : (call.Files.Find(call.PathOf(name)) as FileNode)?.Content;
        if (content is null)
            return call.Fail($"{name}: Cannot open: No such file or directory", 2);
        var text = Encoding.UTF8.GetString(content);
        if (!text.StartsWith(Mark, StringComparison.Ordinal))
            return call.Fail("This does not look like a tar archive", 2);
        var wanted = options.Operands.ToList();
        foreach (var line in text[Mark.Length..].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = line.Split(' ');
            if (options.Operands.Count > 0 && !wanted.Remove(parts[0]))
                continue;
            if (options.Has("t"))
            {
                call.Out.Line(parts[0]);
                continue;
            }

            var path = folder.TrimEnd('/') + "/" + parts[0];
            call.Files.MakeFolders(path[..path.LastIndexOf('/')]);
            call.Files.Write(path, Convert.FromBase64String(parts[2])).Mode = Convert.ToInt32(parts[1], 8);
        }

        return wanted.Count == 0 ? 0 : call.Fail($"{wanted[0]}: Not found in archive", 2);
    }
}
