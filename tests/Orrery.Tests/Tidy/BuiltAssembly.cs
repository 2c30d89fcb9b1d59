using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Orrery.Tests.Tidy;

/// <summary>One of our assemblies as it was built: what it really refers to, whatever its source says.</summary>
internal sealed class BuiltAssembly
{
    private BuiltAssembly(string name, string file)
    {
        Name = name;
        File = file;
        using var image = new PEReader(System.IO.File.OpenRead(file));
        var metadata = image.GetMetadataReader();
        References = [.. metadata.AssemblyReferences
            .Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
        TypeReferences = [.. metadata.TypeReferences.Select(handle => FullName(metadata, handle))];
    }

    public static IReadOnlyList<BuiltAssembly> All { get; } =
        [.. Projects.Names.Select(name => new BuiltAssembly(name, PathOf(name)))];

    /// <summary>The project's name, for example <c>Orrery.Model</c>.</summary>
    public string Name { get; }

    public string File { get; }

    public IReadOnlyList<string> References { get; }

    public IReadOnlyList<string> TypeReferences { get; }

    public static BuiltAssembly Of(string project) => All.Single(assembly => assembly.Name == project);

    public IEnumerable<Type> Types => Assembly.LoadFrom(File).GetTypes();

    /// <summary>Positional records are left out: a record is what takes the place of many parameters.</summary>
    public IEnumerable<string> MethodsWithMoreParametersThan(int max)
    {
        const BindingFlags declared = BindingFlags.DeclaredOnly | BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Instance | BindingFlags.Static;
        return from type in Types
               where !type.FullName!.Contains('<') && type.GetMethod("<Clone>$", declared) is null
               from method in type.GetMethods(declared).Concat<MethodBase>(type.GetConstructors(declared))
               where !method.Name.Contains('<') && method.GetParameters().Length > max
               select $"{type.FullName}.{method.Name}: {method.GetParameters().Length} parameters, at most {max}";
    }

    private static string FullName(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? $"{FullName(metadata, (TypeReferenceHandle)type.ResolutionScope)}+{name}"
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }

    private static string PathOf(string project) =>
        Path.Combine(AppContext.BaseDirectory, project == "Orrery.Cli" ? "orrery.dll" : $"{project}.dll");
}
