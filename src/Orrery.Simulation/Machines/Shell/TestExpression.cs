using System.Globalization;
using Orrery.Simulation.Machines.Files;

namespace Orrery.Simulation.Machines.Shell;

/// <summary><c>test</c> and <c>[</c>, as POSIX says; exit code 0 true, 1 false, 2 no expression.</summary>
internal sealed class TestExpression(FileSystem files, string folder, IReadOnlyList<string> arguments)
{
    private static readonly string[] Binary =
        ["=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef", "<", ">"];

    private int _position;

    /// <summary>
    /// Throws <see cref="FormatException"/> with the program's own message where it is no expression.
    /// </summary>
    public bool Value()
    {
        if (arguments.Count == 0)
            return false;
        var value = Or();
        return _position == arguments.Count ? value
            : throw new FormatException($"{arguments[_position]}: unexpected operator");
    }

    private bool Or()
    {
        var value = And();
        while (Take("-o"))
            value |= And();
        return value;
    }

    private bool And()
    {
        var value = Not();
        while (Take("-a"))
            value &= Not();
        return value;
    }

    private bool Not()
    {
        // `[ ! ]` and `[ ! = x ]` test the text itself.
        if (Rest > 1 && arguments[_position] == "!" && !(Rest == 3 && Binary.Contains(arguments[_position + 1])))
        {
            _position++;
            return !Not();
        }

        return Primary();
    }

    private int Rest => arguments.Count - _position;

    private bool Primary()
    {
        if (Rest == 0)
            throw new FormatException("argument expected");
        if (Rest >= 3 && Binary.Contains(arguments[_position + 1]))
        {
            _position += 3;
            return Compare(arguments[_position - 3], arguments[_position - 2], arguments[_position - 1]);
        }

        var first = arguments[_position++];
        if (first == "(" && Rest > 1)
        {
            var inner = Or();
            return Take(")") ? inner : throw new FormatException("closing paren expected");
        }

        if (first.Length == 2 && first[0] == '-' && Rest > 0
            && "bcdefghknprstuwxzLOSG".Contains(first[1], StringComparison.Ordinal))
            return Unary(first[1], arguments[_position++]);
        return first.Length > 0;
    }

    private bool Take(string word)
    {
        if (Rest == 0 || arguments[_position] != word)
            return false;
        _position++;
        return true;
    }

    private bool Unary(char operation, string argument)
    {
        if (operation is 'n' or 'z')
            return argument.Length > 0 == (operation == 'n');
        if (operation == 't')
            return false;
        Node? node;
        try
        {
            node = argument.Length == 0
                ? null
                : files.Find(FileSystem.Join(folder, argument), followLinks: operation is not ('L' or 'h'));
        }
        catch (FileException)
        {
            // What cannot be reached is as good as missing.
            node = null;
        }

        return operation switch
        {
            'f' => node is FileNode,
            'd' => node is FolderNode,
            'b' => node is DeviceNode { Disk: not null },
            'c' => node is DeviceNode { Disk: null },
            'L' or 'h' => node is LinkNode,
            's' => node is FileNode { Content.Length: > 0 } or FolderNode or DeviceNode,
            'x' => node is FolderNode || (node is not null && (node.Mode & 0x49) != 0),
            'p' or 'S' or 'g' or 'k' or 'u' => false,
            _ => node is not null,
        };
    }

    private bool Compare(string left, string operation, string right)
    {
        switch (operation)
        {
            case "=" or "==":
                return left == right;
            case "!=":
                return left != right;
            case "<" or ">":
                return operation == "<" == string.CompareOrdinal(left, right) < 0;
            case "-nt" or "-ot":
                var (one, other) = (Modified(left), Modified(right));
                return operation == "-nt" ? one > other : one < other;
            case "-ef":
                return files.Canonical(FileSystem.Join(folder, left)) == files.Canonical(
                    FileSystem.Join(folder, right));
        }

        var (a, b) = (Number(left), Number(right));
        return operation switch
        {
            "-eq" => a == b,
            "-ne" => a != b,
            "-lt" => a < b,
            "-le" => a <= b,
            "-gt" => a > b,
            _ => a >= b,
        };
    }

    private TimeSpan Modified(string path) =>
        files.Find(FileSystem.Join(folder, path))?.Modified ?? TimeSpan.MinValue;

    private static long Number(string text) =>
        long.TryParse(text.Trim(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new FormatException($"Illegal number: {text}");
}
