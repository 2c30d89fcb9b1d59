using Orrery.Model.Values;

namespace Orrery.Model.Spec;

/// <summary>The reference platforms, to start a declaration from.</summary>
public static class ExampleDeclarations
{
    private const string SchemaLine = "# yaml-language-server: $schema=";
    private const string RecipientsField = "recipients: [";

    public static IReadOnlyList<string> Names { get; } = ["cloudlab", "cosmos", "ducktape", "fluodata", "fullstack"];

    /// <summary>The file of a new declaration: the example with these recovery recipients.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="recipients">At least one age recipient.</param>
    /// <param name="schemaPath">Where editors find the JSON Schema, relative to the file.</param>
    public static SourceFile Create(string name, IReadOnlyList<string> recipients, string schemaPath)
    {
        Invariant.Check(recipients.Count > 0, "a declaration needs a recovery recipient");
        var text = Read(name);
        if (text.StartsWith(SchemaLine, StringComparison.Ordinal))
            text = text[(text.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        var start = text.IndexOf(RecipientsField, StringComparison.Ordinal) + RecipientsField.Length;
        var end = text.IndexOf(']', start);
        var own = $"{text[..start]}{string.Join(", ", recipients)}{text[end..]}";
        return new SourceFile("platform.yaml", $"{SchemaLine}{schemaPath}\n{own}");
    }

    private static string Read(string name)
    {
        using var stream = typeof(ExampleDeclarations).Assembly.GetManifestResourceStream(
            $"examples/{name}/platform.yaml");
        Invariant.Check(stream is not null, $"there is no example '{name}'");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
