using System.Reflection;

namespace Orrery.Tests.Tidy;

/// <summary>The analyzer ignores an id that names nothing, so a misspelt ban would ban nothing.</summary>
public class BannedSymbolTests
{
    private const BindingFlags Anything =
        BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Lazy<Dictionary<string, Type>> FrameworkTypes = new(ReadFrameworkTypes);

    [Fact]
    public void Every_banned_symbol_exists()
    {
        var lines = SourceTree.TextFiles.Where(path => path.StartsWith("eng/BannedSymbols.", StringComparison.Ordinal))
            .SelectMany(path => SourceTree.Read(path).Split('\n', StringSplitOptions.RemoveEmptyEntries)).ToList();
        lines.ShouldNotBeEmpty();
        foreach (var line in lines)
        {
            var parts = line.Split(';', 2);
            parts.Length.ShouldBe(2, $"{line}: an id, a semicolon, what to use instead");
            Exists(parts[0]).ShouldBeTrue(parts[0]);
        }
    }

    [Theory]
    [InlineData("T:System.Threading.Timer", true)]
    [InlineData("T:System.Threading.Tmier", false)]
    [InlineData("P:System.DateTime.Now", true)]
    [InlineData("M:System.DateTime.Now", false)]
    [InlineData("M:System.Threading.Tasks.Task.Delay(System.Int32)", true)]
    [InlineData("M:System.Threading.Tasks.Task.Delay", false)]
    [InlineData("M:System.Random.#ctor", true)]
    [InlineData("M:System.Threading.Tasks.Task`1.WaitAsync(System.TimeSpan)", true)]
    public void An_id_is_looked_up_as_the_compiler_writes_it(string id, bool expected) => Exists(id).ShouldBe(expected);

    private static bool Exists(string id)
    {
        var name = id[2..];
        if (id[0] == 'T')
            return FrameworkTypes.Value.ContainsKey(name);

        var bare = name.Split('(')[0];
        var end = bare.LastIndexOf('.');
        if (!FrameworkTypes.Value.TryGetValue(bare[..end], out var type))
            return false;

        var member = bare[(end + 1)..];
        return id[0] switch
        {
            'P' => type.GetProperty(member, Anything) is not null,
            'F' => type.GetField(member, Anything) is not null,
            'M' => Methods(type).Any(method => IdOf(method) == name),
            _ => false,
        };
    }

    private static IEnumerable<MethodBase> Methods(Type type) =>
        type.GetMethods(Anything).Concat<MethodBase>(type.GetConstructors(Anything));

    private static string IdOf(MethodBase method)
    {
        var parameters = string.Join(',', method.GetParameters().Select(parameter => parameter.ParameterType.FullName));
        var name = $"{method.DeclaringType!.FullName}.{method.Name.Replace('.', '#')}";
        return parameters.Length == 0 ? name : $"{name}({parameters})";
    }

    private static Dictionary<string, Type> ReadFrameworkTypes()
    {
        var folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        return Directory.EnumerateFiles(folder, "System*.dll")
            .Select(file => Assembly.Load(Path.GetFileNameWithoutExtension(file)))
            .SelectMany(assembly => assembly.GetExportedTypes()).DistinctBy(type => type.FullName)
            .ToDictionary(type => type.FullName!);
    }
}
