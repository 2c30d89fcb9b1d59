using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Programs that make, copy, move and remove files.</summary>
internal static class FilePrograms
{
    public static async Work<int> MakeFolder(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "pm:v", "parents", "mode:") is not { } options || Missing(call, options, 1))
            return 1;
        return Each(call, options.Operands, (name, path) =>
        {
            if (!options.Has("p", "parents"))
                call.Files.MakeFolder(path);
            else if (call.Files.Find(path) is FolderNode)
                return;
            else
                call.Files.MakeFolders(path);
            if (options.Value("m", "mode") is { } mode)
                call.Files.Get(path).Mode = OwnerPrograms.Mode(mode, 0x1ED, isFolder: true) ?? 0x1ED;
        }, "cannot create directory ‘{0}’");
    }

    public static async Work<int> RemoveFolder(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "p", "ignore-fail-on-non-empty") is not { } options)
            return 1;
        return Each(call, options.Operands, (_, path) =>
        {
            if (call.Files.Find(path, followLinks: false) is not FolderNode)
                throw call.Files.Find(path) is null ? FileException.NotFound : FileException.NotAFolder;
            call.Files.Remove(path);
        }, "failed to remove '{0}'");
    }

    public static async Work<int> Touch(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "acmd:t:r:", "no-create") is not { } options || Missing(call, options, 1))
            return 1;
        return Each(call, options.Operands, (_, path) =>
        {
            if (call.Files.Find(path) is { } node)
                node.Modified = call.Machine.Agenda.Now;
            else if (!options.Has("c", "no-create"))
                call.Files.Write(path, []);
        }, "cannot touch '{0}'");
    }

    public static async Work<int> Remove(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "rRfvid", "recursive", "force") is not { } options)
            return 1;
        var isForced = options.Has("f", "force");
        if (options.Operands.Count == 0)
            return isForced ? 0 : call.Fail("missing operand");
        return Each(call, options.Operands, (_, path) =>
        {
            var node = call.Files.Find(path, followLinks: false);
            if (node is null && isForced)
                return;
            if (node is FolderNode && !options.Has("r", "R", "recursive", "d"))
                throw FileException.IsAFolder;
            call.Files.Remove(path, options.Has("r", "R", "recursive"));
        }, "cannot remove '{0}'");
    }

    public static async Work<int> Link(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "sfnvT", "symbolic", "force", "no-dereference") is not { } options
            || Missing(call, options, 2))
            return 1;
        var name = options.Operands[1];
        var path = call.PathOf(name);
        if (!options.Has("n", "T", "no-dereference") && call.Files.Find(path) is FolderNode)
            path += "/" + Last(options.Operands[0]);
        return Each(call, [name], (_, _) =>
        {
            if (call.Files.Find(path, followLinks: false) is not null)
            {
                if (!options.Has("f", "force"))
                    throw FileException.Exists;
                call.Files.Remove(path);
            }

            call.Files.Put(path, options.Has("s", "symbolic")
                ? new LinkNode(options.Operands[0])
                : call.Files.Get(call.PathOf(options.Operands[0])));
        }, "failed to create link '{0}'");
    }

    public static async Work<int> Copy(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "arRpfvuTdLn", "archive", "recursive", "preserve", "no-clobber") is not { } options
            || Missing(call, options, 2))
        {
            return 1;
        }

        var sources = options.Operands[..^1];
        var isDeep = options.Has("a", "r", "R", "archive", "recursive");
        return Each(call, sources, (name, path) =>
        {
            var node = call.Files.Get(path);
            if (node is FolderNode && !isDeep)
                throw FileException.IsAFolder;
            var target = Target(call, options.Operands[^1], name, options.Has("T"));
            if (options.Has("n", "no-clobber") && call.Files.Exists(target))
                return;
            if (node is FileNode file && call.Files.Find(target) is FileNode)
            {
                call.Files.Write(target, file.Content);
                return;
            }

            CopyTree(call, node, target, keepsOwner: options.Has("a", "p", "archive", "preserve"));
        }, "cannot stat '{0}'");
    }

    public static async Work<int> Move(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "fvnTu", "force", "no-clobber") is not { } options || Missing(call, options, 2))
            return 1;
        return Each(call, options.Operands[..^1], (name, path) =>
        {
            var node = call.Files.Get(path, followLinks: false);
            var target = Target(call, options.Operands[^1], name, options.Has("T"));
            if (call.Files.Find(target, followLinks: false) is not null)
                call.Files.Remove(target);
            var modified = node.Modified;
            call.Files.Remove(path, recursive: true);
            call.Files.Put(target, node);
            node.Modified = modified;
        }, "cannot stat '{0}'");
    }

    /// <summary>Copies with mode and owner, or makes folders with <c>-d</c>.</summary>
    public static async Work<int> Install(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "dm:o:g:DvTCp", "directory", "mode:", "owner:", "group:", "compare") is not { } options)
            return 1;
        var isFolder = options.Has("d", "directory");
        if (Missing(call, options, isFolder ? 1 : 2))
            return 1;
        var mode = options.Value("m", "mode") is { } text ? OwnerPrograms.Mode(text, 0, isFolder) : 0x1ED;
        var owner = AccountPrograms.UserId(call, options.Value("o", "owner") ?? "0");
        var group = AccountPrograms.GroupId(call, options.Value("g", "group") ?? "0");
        if (mode is null || owner is null || group is null)
            return call.Fail(mode is null ? $"invalid mode ‘{options.Value("m", "mode")}’" : "invalid user or group");
        return Each(call, isFolder ? options.Operands : options.Operands[..^1], (name, path) =>
        {
            var target = path;
            if (isFolder)
            {
                call.Files.MakeFolders(path);
            }
            else
            {
                target = Target(call, options.Operands[^1], name, options.Has("T", "D"));
                if (options.Has("D"))
                    call.Files.MakeFolders(target[..target.LastIndexOf('/')]);
                var content = name == "/dev/stdin" ? call.In.TakeAll() : call.Files.Read(path);
                call.Files.Write(target, content);
            }

            var node = call.Files.Get(target);
            (node.Mode, node.Owner, node.Group) = (mode.Value, owner.Value, group.Value);
        }, isFolder ? "cannot create directory ‘{0}’" : "cannot stat '{0}'");
    }

    public static async Work<int> MakeTemporary(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "dp:tuq", "tmpdir:", "suffix:") is not { } options)
            return 1;
        var pattern = options.Operands.FirstOrDefault() ?? "/tmp/tmp.XXXXXXXXXX";
        if (!pattern.StartsWith('/'))
            pattern = (options.Value("p", "tmpdir") ?? (options.Operands.Count > 0 ? call.Folder : "/tmp")) + "/"
                + pattern;
        var start = pattern.TrimEnd('X');
        for (var i = 0; ; i++)
        {
            var path = start + i.ToString(System.Globalization.CultureInfo.InvariantCulture)
                .PadLeft(pattern.Length - start.Length, 'a');
            if (call.Files.Find(path) is not null)
                continue;
            if (options.Has("d"))
                call.Files.MakeFolder(path, 0x1C0);
            else
                call.Files.Write(path, [], 0x180);
            call.Out.Line(path);
            return 0;
        }
    }

    private static void CopyTree(Invocation call, Node node, string target, bool keepsOwner)
    {
        var copy = node is FolderNode ? new FolderNode() : node.Copy();
        copy.Mode = node.Mode;
        (copy.Owner, copy.Group) = keepsOwner ? (node.Owner, node.Group) : (call.User, call.User);
        if (node is not FolderNode folder)
        {
            call.Files.Put(target, copy);
            return;
        }

        if (call.Files.Find(target) is not FolderNode)
            call.Files.Put(target, copy);
        foreach (var (name, child) in folder.Children.ToList())
            CopyTree(call, child, target + "/" + name, keepsOwner);
    }

    private static string Target(Invocation call, string target, string source, bool isExact)
    {
        var path = call.PathOf(target);
        return !isExact && call.Files.Find(path) is FolderNode ? path.TrimEnd('/') + "/" + Last(source) : path;
    }

    private static string Last(string path)
    {
        var trimmed = path.TrimEnd('/');
        return trimmed[(trimmed.LastIndexOf('/') + 1)..];
    }

    private static bool Missing(Invocation call, Options options, int count)
    {
        if (options.Operands.Count >= count)
            return false;
        call.Fail("missing operand");
        return true;
    }

    private static int Each(Invocation call, IEnumerable<string> names, Action<string, string> act, string complaint)
    {
        var status = 0;
        foreach (var name in names)
        {
            try
            {
                act(name, call.PathOf(name));
            }
            catch (FileException exception)
            {
                status = call.Fail($"{complaint.Replace("{0}", name, StringComparison.Ordinal)}: {exception.Message}");
            }
        }

        return status;
    }
}
