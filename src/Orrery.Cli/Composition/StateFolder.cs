using System.Text;
using Orrery.Engine.State;

namespace Orrery.Cli.Composition;

/// <summary>The folder <c>.orrery</c> beside a declaration: state and what else stays on this machine.</summary>
internal sealed class StateFolder(string declarationFolder)
{
    public const string Name = ".orrery";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _folder = Path.Combine(declarationFolder, Name);

    public string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>Nothing is written before it is used so.</summary>
    public LocalStateFiles Open(TimeProvider time) => new(_folder, time);

    /// <summary>Makes the folder, and Git ignore it: the state is encrypted, and still nothing to publish.</summary>
    public void Prepare()
    {
        if (!Directory.Exists(_folder))
        {
            if (OperatingSystem.IsWindows())
                Directory.CreateDirectory(_folder);
            else
                Directory.CreateDirectory(_folder, OwnerOnly | UnixFileMode.UserExecute);
        }

        if (!File.Exists(PathOf(".gitignore")))
            File.WriteAllText(PathOf(".gitignore"), "*\n");
    }

    /// <summary>A new file that only its owner can read.</summary>
    public void WriteForOwner(string name, string text)
    {
        Prepare();
        WriteForOwner(PathOf(name), Encoding.UTF8.GetBytes(text));
    }

    public static void WriteForOwner(string path, ReadOnlySpan<byte> content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = OwnerOnly;
        using var stream = new FileStream(path, options);
        stream.Write(content);
    }
}
