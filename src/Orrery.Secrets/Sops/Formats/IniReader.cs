using Orrery.Secrets.Sops.Keys;

namespace Orrery.Secrets.Sops.Formats;

/// <summary>Reads INI as Go's ini package does with the settings that SOPS gives it.</summary>
internal sealed class IniReader(string text)
{
    private const string DefaultSection = "DEFAULT";
    private const string MetadataSection = "sops";
    private const string LongQuote = "\"\"\"";

    private readonly SopsBranch _root = new(isList: false);
    private readonly List<(string Key, string Text)> _metadata = [];
    private readonly List<(string, SopsLeaf)> _stamps = [];
    private readonly List<TextSpan> _spans = [];
    private SopsBranch _section = new(isList: false);
    private string _name = DefaultSection;
    private TextSpan? _comment;
    private int _line;

    public SopsSource Read()
    {
        _root.Items.Add(new SopsItem(DefaultSection, _section));
        for (var start = 0; start < text.Length;)
        {
            _line++;
            var end = text.IndexOf('\n', start) is var at && at < 0 ? text.Length : at;
            start = Line(start, end) + 1;
        }

        AddComment();
        if (_section.Items.Count == 0 && _root.Items.Count > 1 && ReferenceEquals(_root.Items[0].Node, _section))
            _root.Items.RemoveAt(0);
        return new SopsSource
        {
            Text = text,
            Documents = [_root],
            Metadata = _metadata.Count == 0 ? null : FlatMeta.Unflatten(_metadata),
            Block = string.Concat(_spans.Select(span => text.Substring(span.Start, span.Length).TrimStart('\n'))),
            MetadataSpans = _spans,
            Stamps = _stamps,
        };
    }

    /// <summary>One line, or several where a quoted value spans them; gives where it ends.</summary>
    private int Line(int start, int end)
    {
        var at = end - text.AsSpan(start, end - start).TrimStart().Length;
        if (at == end)
            return Extend(start, end);
        if (text[at] is '#' or ';')
        {
            // Comments up to the next entry are one, and so are the blank lines between them.
            _comment = TextSpan.Between(_comment?.Start ?? at, TrimmedEnd(at, end));
            return Extend(start, end);
        }

        return text[at] == '[' ? Section(at, end) : Extend(start, Entry(at, end));
    }

    private int Section(int start, int end)
    {
        var close = text.LastIndexOf(']', end - 1, end - start);
        if (close < 0)
            throw Refused("opens a section without closing it");
        AddCommentBefore(text[(start + 1)..close].Trim());
        _name = text[(start + 1)..close].Trim();
        if (_name == MetadataSection)
            return Extend(Math.Max(0, text.AsSpan(0, start).TrimEnd("\n").Length + (start > 0 ? 1 : 0)), end);
        return end;
    }

    /// <summary>The lines of the section with the metadata go with it.</summary>
    private int Extend(int start, int end)
    {
        if (_name != MetadataSection)
            return end;
        var stop = Math.Min(end + 1, text.Length);
        if (_spans.Count > 0 && _spans[^1].End >= start)
            _spans[^1] = TextSpan.Between(_spans[^1].Start, stop);
        else
            _spans.Add(TextSpan.Between(Math.Min(start, stop), stop));
        return end;
    }

    private int Entry(int start, int end)
    {
        var line = text.AsSpan(start, end - start);
        var delimiter = line.IndexOfAny('=', ':');
        if (delimiter < 0)
            throw Refused("is neither a section nor a key with a value");
        var key = line[..delimiter].Trim().Trim('"').Trim('`').ToString();
        if (key.Length == 0)
            throw Refused("has a value without a key");

        var from = end - line[(delimiter + 1)..].TrimStart().Length;
        var (value, span, last) = Value(from, end);
        if (_name == MetadataSection)
        {
            var leaf = new SopsLeaf(SopsValue.Of(value), span, default);
            _metadata.Add((key, value.Replace("\\n", "\n", StringComparison.Ordinal)));
            if (key is "mac" or "lastmodified")
                _stamps.Add((key, leaf));
            return last;
        }

        _section.Items.Add(new SopsItem(key, new SopsLeaf(SopsValue.Of(value), span, default)));
        AddComment();
        return last;
    }

    private (string Value, TextSpan Span, int End) Value(int start, int end)
    {
        var rest = text.AsSpan(start, end - start);
        foreach (var quote in new[] { LongQuote, "`" })
        {
            if (!rest.StartsWith(quote, StringComparison.Ordinal))
                continue;
            var close = text.IndexOf(quote, start + quote.Length, StringComparison.Ordinal);
            if (close < 0)
                throw Refused("opens a quote without closing it");
            var inner = text[(start + quote.Length)..close];
            _line += inner.AsSpan().Count('\n');
            var after = text.IndexOf('\n', close) is var at && at < 0 ? text.Length : at;
            return (inner, TextSpan.Between(start, close + quote.Length), after);
        }

        if (rest.TrimEnd().EndsWith("\\", StringComparison.Ordinal))
            throw Refused("goes on in the next one by a backslash, which is not read: use quotes");
        var mark = rest.IndexOfAny('#', ';');
        if (mark >= 0)
        {
            throw Refused(
                "has a comment behind its value, or a value with # or ;: put the comment before it, the value in "
                + "backticks");
        }

        var value = rest.TrimEnd().ToString();
        var span = new TextSpan(start, value.Length);
        if (value is ['"', _, .., '"'] or ['\'', _, .., '\''] && value.Length > 1)
            value = value[1..^1];
        return (value, span, end);
    }

    private int TrimmedEnd(int start, int end) => start + text.AsSpan(start, end - start).TrimEnd().Length;

    private void AddCommentBefore(string section)
    {
        if (section == MetadataSection)
        {
            AddComment();
            return;
        }

        _section = new SopsBranch(isList: false);
        _root.Items.Add(new SopsItem(section, _section));
        AddComment();
    }

    /// <summary>SOPS has the comment before an entry behind it.</summary>
    private void AddComment()
    {
        if (_comment is { } span && _name != MetadataSection)
        {
            var comment = text.Substring(span.Start, span.Length);
            comment = comment.TrimStart(comment[0], ' ');
            _section.Items.Add(new SopsItem(null, new SopsLeaf(SopsValue.Comment(comment), span, default)));
        }

        _comment = null;
    }

    private SopsException Refused(string why) => new(SopsFailure.Malformed, $"line {_line} {why}");
}
