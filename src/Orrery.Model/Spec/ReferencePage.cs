using System.Text;
using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;

namespace Orrery.Model.Spec;

/// <summary>The reference of the declaration, as Markdown: each kind and field, what it holds, its default.</summary>
public static class ReferencePage
{
    /// <summary>The page as text with a final newline; the same bytes everywhere.</summary>
    public static string Write()
    {
        var page = new StringBuilder();
        page.Append("# Reference of the declaration\n\n");
        page.Append("Generated from the kinds; do not edit. How a declaration is written: [README](README.md).\n");
        var written = new HashSet<ObjectShape>();
        foreach (var kind in Kind.All)
        {
            page.Append("\n## ").Append(kind.Name).Append("\n\n").Append(kind.Description).Append('\n');
            if (kind.NotYet is { } notYet)
                page.Append("Not yet: ").Append(notYet.Code).Append(".\n");
            page.Append("\nThe fields of its `spec`:\n\n");
            written.Add(kind.Spec);
            AppendFields(page, kind.Spec);
            foreach (var shape in ShapeGraph.Below(kind.Spec))
            {
                if (written.Add(shape))
                    AppendObject(page, shape);
            }
        }

        return page.ToString();
    }

    private static void AppendObject(StringBuilder page, ObjectShape shape)
    {
        page.Append("\n### ").Append(shape.Name).Append("\n\n");
        if (shape is ChoiceShape)
            page.Append("A map with exactly one of these keys.\n\n");
        else if (shape.Fields.Count == 0)
            page.Append("No fields yet: only that it is there counts.\n");
        AppendFields(page, shape);
        if (shape.Others is { } others)
            page.Append("\nAny other name: ").Append(others.Reference).Append(".\n");
    }

    private static void AppendFields(StringBuilder page, ObjectShape shape)
    {
        if (shape.Fields.Count == 0)
            return;
        page.Append("| field | holds | default | for |\n|---|---|---|---|\n");
        foreach (var field in shape.Fields)
        {
            page.Append(
                $"| `{field.Name}` | {field.Shape.Reference} | {DefaultOf(field, shape)} | {field.Description}");
            if (field.Example is not null)
                page.Append($" Example: `{field.Example}`.");
            if (field.NotYet is not null)
                page.Append($" Not yet: {field.NotYet.Code}.");
            page.Append(" |\n");
        }
    }

    private static string DefaultOf(Field field, ObjectShape shape) => field switch
    {
        { Default: { } value } => $"`{value}`",
        { Required: true } when shape is not ChoiceShape => "required",
        _ => "",
    };
}
