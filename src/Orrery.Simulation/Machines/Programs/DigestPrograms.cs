using System.Text;
using Orrery.Simulation.Machines.Execution;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Programs;

/// <summary>Digests and encodings.</summary>
internal static class DigestPrograms
{
    public static async Work<int> Sha256Sum(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "cbtw", "check", "status", "quiet", "strict", "ignore-missing") is not { } options)
            return 1;
        if (options.Has("c", "check"))
            return Check(call, options);
        var status = 0;
        foreach (var name in options.Operands.Count == 0 ? ["-"] : options.Operands)
        {
            if (Content(call, name) is { } content)
                call.Out.Line($"{call.Machine.Surroundings.Web.Sha256Of(content)}  {name}");
            else
                status = call.Fail($"{name}: No such file or directory");
        }

        return status;
    }

    public static async Work<int> Base64(Invocation call)
    {
        await call.Scope.CountProcess();
        if (Options.Read(call, "dw:i", "decode", "wrap:") is not { } options)
            return 1;
        if (Content(call, options.Operands.FirstOrDefault() ?? "-") is not { } content)
            return call.Fail($"{options.Operands[0]}: No such file or directory");
        if (!options.Has("d", "decode"))
        {
            var text = Convert.ToBase64String(content);
            var width = int.TryParse(options.Value("w", "wrap"), out var given) ? given : 76;
            if (width == 0)
                call.Out.Text(text);
            else
                call.Out.Text(string.Concat(text.Chunk(width).Select(line => new string(line) + "\n")));
            return 0;
        }

        var decoded = new byte[content.Length];
        if (!Convert.TryFromBase64String(Encoding.UTF8.GetString(content), decoded, out var length))
            return call.Fail("invalid input");
        call.Out.Write(decoded[..length]);
        return 0;
    }

    private static int Check(Invocation call, Options options)
    {
        var lists = options.Operands.Count == 0 ? ["-"] : options.Operands;
        var (wrong, missing, lines) = (0, 0, 0);
        foreach (var list in lists)
        {
            if (Content(call, list) is not { } content)
                return call.Fail($"{list}: No such file or directory");
            foreach (var line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var parts = line.Trim().Split([" *", "  "], 2, StringSplitOptions.None);
                if (parts.Length < 2 || parts[0].Length != 64)
                    continue;
                lines++;
                var isSilent = options.Has("status");
                if (Content(call, parts[1]) is not { } file)
                {
                    if (options.Has("ignore-missing"))
                        continue;
                    missing++;
                    call.Fail($"{parts[1]}: No such file or directory");
                    if (!isSilent)
                        call.Out.Line($"{parts[1]}: FAILED open or read");
                }
                else if (string.Equals(call.Machine.Surroundings.Web.Sha256Of(file), parts[0],
                    StringComparison.OrdinalIgnoreCase))
                {
                    if (!isSilent && !options.Has("quiet"))
                        call.Out.Line($"{parts[1]}: OK");
                }
                else
                {
                    wrong++;
                    if (!isSilent)
                        call.Out.Line($"{parts[1]}: FAILED");
                }
            }
        }

        if (lines == 0)
            return call.Fail($"{lists[0]}: no properly formatted checksum lines found");
        if (wrong > 0 && !options.Has("status"))
            call.Fail($"WARNING: {wrong} computed checksum{(wrong > 1 ? "s" : "")} did NOT match");
        return wrong + missing > 0 ? 1 : 0;
    }

    private static byte[]? Content(Invocation call, string name) =>
        name is "-" or "/dev/stdin" ? call.In.TakeAll() : (call.Files.Find(call.PathOf(name)) as FileNode)?.Content;
}
