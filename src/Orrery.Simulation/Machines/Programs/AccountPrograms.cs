using System.Globalization;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Users and groups, as <c>/etc/passwd</c> and <c>/etc/group</c> hold them.</summary>
internal static class AccountPrograms
{
    private const int FirstId = 1000;

    public static async Work<int> Id(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "ugnG") is not { } options)
            return 1;
        var name = options.Operands.FirstOrDefault() ?? UserName(call, call.User);
        if (UserId(call, name) is not { } id)
            return call.Fail($"‘{name}’: no such user");
        var shown = id.ToString(CultureInfo.InvariantCulture);
        call.Out.Line(options.Has("n") ? UserName(call, id)
            : options.Has("u", "g") ? shown
            : $"uid={shown}({name}) gid={shown}({name}) groups={shown}({name})");
        return 0;
    }

    public static async Work<int> WhoAmI(Invocation call)
    {
        await call.Scope.CountProcess();
        call.Out.Line(UserName(call, call.User));
        return 0;
    }

    public static async Work<int> UserAdd(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "mrMs:d:u:g:G:c:N", "system", "uid:", "shell:", "home-dir:", "no-create-home",
            "create-home",
            "groups:", "gid:") is not { Operands.Count: 1 } options)
        {
            return call.Fail("usage: useradd [options] LOGIN", 2);
        }

        return AddUser(call.Files, options.Operands[0], options.Value("d", "home-dir"),
            int.TryParse(options.Value("u", "uid"), out var id) ? id : null)
            ? 0
            : call.Fail($"user '{options.Operands[0]}' already exists", 9);
    }

    public static async Work<int> GroupAdd(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "rfg:", "system", "gid:") is not { Operands.Count: 1 } options)
            return call.Fail("usage: groupadd [options] GROUP", 2);
        if (Lookup(call.Files, "/etc/group", options.Operands[0]) is not null)
            return options.Has("f") ? 0 : call.Fail($"group '{options.Operands[0]}' already exists", 9);
        var id = options.Value("g", "gid") ?? Next(call.Files, "/etc/group").ToString(CultureInfo.InvariantCulture);
        AppendLine(call.Files, "/etc/group", $"{options.Operands[0]}:x:{id}:");
        return 0;
    }

    /// <summary>Makes a user with a group of its own and a home; false where there is one of that name.</summary>
    public static bool AddUser(FileSystem files, string name, string? home, int? id)
    {
        if (Lookup(files, "/etc/passwd", name) is not null)
            return false;
        var number = id ?? Next(files, "/etc/passwd");
        home ??= "/home/" + name;
        AppendLine(files, "/etc/passwd", $"{name}:x:{number}:{number}::{home}:/bin/bash");
        AppendLine(files, "/etc/group", $"{name}:x:{number}:");
        if (!files.Exists(home))
        {
            var folder = files.MakeFolders(home, 0x1E8);
            (folder.Owner, folder.Group) = (number, number);
        }

        return true;
    }

    public static int? UserId(Invocation call, string name) => Lookup(call.Files, "/etc/passwd", name) ?? Number(name);

    public static int? GroupId(Invocation call, string name) => Lookup(call.Files, "/etc/group", name) ?? Number(name);

    public static string UserName(Invocation call, int id) => NameOf(call.Files, "/etc/passwd", id);

    public static string GroupName(Invocation call, int id) => NameOf(call.Files, "/etc/group", id);

    /// <summary>The number of a name in such a file, or null.</summary>
    public static int? Lookup(FileSystem files, string path, string name) =>
        Entries(files, path).Where(entry => entry[0] == name).Select(entry => Number(entry[2])).FirstOrDefault();

    /// <summary>The home of a user, or null where there is no such user.</summary>
    public static string? HomeOf(FileSystem files, string name) =>
        Entries(files, "/etc/passwd").FirstOrDefault(entry => entry[0] == name)?[5];

    private static IEnumerable<string[]> Entries(FileSystem files, string path) =>
        (files.TryReadText(path) ?? "").Split('\n').Select(line => line.Split(':')).Where(entry => entry.Length > 3);

    private static string NameOf(FileSystem files, string path, int id) =>
        Entries(files, path).FirstOrDefault(entry => Number(entry[2]) == id)?[0]
            ?? id.ToString(CultureInfo.InvariantCulture);

    private static int? Number(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int Next(FileSystem files, string path) =>
        Entries(files, path).Select(entry => Number(entry[2]) ?? 0)
        .Where(id => id is >= FirstId and < 60000).Append(FirstId - 1).Max() + 1;

    private static void AppendLine(FileSystem files, string path, string line) =>
        files.WriteText(path, (files.TryReadText(path) ?? "") + line + "\n");
}
