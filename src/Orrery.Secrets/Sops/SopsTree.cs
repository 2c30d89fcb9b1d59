using System.Runtime.InteropServices;
using System.Text;

namespace Orrery.Secrets.Sops;

/// <summary>A part of a document, with its place in the text.</summary>
internal abstract class SopsNode;

/// <summary>
/// A value or a comment. Its value is null where the document has nothing there, which is never encrypted.
/// </summary>
internal sealed class SopsLeaf(SopsValue? value, TextSpan span, LeafPlace place) : SopsNode
{
    public SopsValue? Value { get; } = value;

    /// <summary>What is replaced when the value is.</summary>
    public TextSpan Span { get; } = span;

    public LeafPlace Place { get; } = place;

    public bool IsComment => Value?.Type == SopsType.Comment;
}

/// <summary>A map or a list.</summary>
internal sealed class SopsBranch(bool isList) : SopsNode
{
    public bool IsList { get; } = isList;

    public List<SopsItem> Items { get; } = [];
}

/// <summary>An entry; its key is null in a list, and for a comment.</summary>
internal readonly record struct SopsItem(string? Key, SopsNode Node);

/// <summary>A part of a text, in UTF-16 units.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TextSpan(int Start, int Length)
{
    public int End => Start + Length;

    public static TextSpan Between(int start, int end) => new(start, end - start);
}

/// <summary>What a format has to know of a place to write something else there.</summary>
/// <param name="Indent">Columns before what the value belongs to: its key, or the dash of its item.</param>
/// <param name="IsFlow">Whether it stands within brackets, where commas end a value.</param>
/// <param name="Step">Columns by which its further lines are further in.</param>
/// <param name="IsFollowed">Whether a comment follows on its line, which further lines would take in.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct LeafPlace(
    int Indent = 0, bool IsFlow = false, int Step = LeafPlace.DefaultStep, bool IsFollowed = false)
{
    /// <summary>What SOPS indents YAML by.</summary>
    public const int DefaultStep = 4;
}

/// <summary>Something else in the place of a part of a text.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct TextEdit(TextSpan Span, string Text)
{
    /// <summary>The text with all edits made; those at one place in their order.</summary>
    public static string Apply(string text, IEnumerable<TextEdit> edits)
    {
        var result = new StringBuilder(text.Length);
        var at = 0;
        foreach (var edit in edits.OrderBy(edit => edit.Span.Start).ThenBy(edit => edit.Span.Length))
        {
            result.Append(text, at, edit.Span.Start - at).Append(edit.Text);
            at = edit.Span.End;
        }

        return result.Append(text, at, text.Length - at).ToString();
    }
}
