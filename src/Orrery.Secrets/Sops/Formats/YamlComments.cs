namespace Orrery.Secrets.Sops.Formats;

/// <summary>
/// Finds the comments of a YAML text and puts each where SOPS has it: one behind a value, or before an entry,
/// belongs to
/// that entry's map; one that is further in than what follows belongs to what came before.
/// </summary>
internal sealed class YamlComments
{
    private readonly string _text;
    private readonly YamlDocument _document;
    private readonly PlacedBranch _root;

    /// <summary>All entries in order; of those at one place, the outermost first.</summary>
    private readonly (int Start, PlacedBranch Branch)[] _entries;
    private readonly List<int> _starts;
    private readonly Dictionary<PlacedBranch, List<(int Before, SopsLeaf Comment)>> _found =
        new(ReferenceEqualityComparer.Instance);

    private YamlComments(string text, YamlDocument document)
    {
        (_text, _document) = (text, document);
        _root = document.Branches.First(branch => ReferenceEquals(branch.Branch, document.Root));
        _entries =
        [
            .. document.Branches.SelectMany(branch => branch.Starts.Select(start => (start, branch)))
                .OrderBy(entry => entry.start).ThenBy(entry => entry.branch.Depth),
        ];
        _starts = [.. _entries.Select(entry => entry.Start)];
    }

    /// <param name="start">Where the document's own text begins, with comments before its first entry.</param>
    public static void Add(string text, YamlDocument document, int start, int end)
    {
        var comments = new YamlComments(text, document);
        comments.AddBetween(start, end);
        comments.Merge();
    }

    private void AddBetween(int start, int end)
    {
        var at = start;
        foreach (var scalar in _document.Scalars.Append(new TextSpan(end, 0)))
        {
            if (scalar.Start > at)
                AddGap(at, scalar.Start);
            AddHeader(scalar);
            at = Math.Max(at, scalar.End);
        }
    }

    /// <summary>Between scalars stand only punctuation, white space and comments.</summary>
    private void AddGap(int start, int end)
    {
        for (var at = start; at < end; at++)
        {
            if (_text[at] != '#' || (at > 0 && _text[at - 1] is not (' ' or '\t' or '\n' or '\r')))
                continue;
            var length = _text.AsSpan(at, end - at).IndexOfAny("\r\n");
            var stop = length < 0 ? end : at + length;
            Add(TextSpan.Between(at, stop));
            at = stop;
        }
    }

    /// <summary>A comment behind the mark of a block (<c>key: | # comment</c>) is within the scalar.</summary>
    private void AddHeader(TextSpan scalar)
    {
        if (scalar.Length == 0 || _text[scalar.Start] is not ('|' or '>'))
            return;
        var header = _text.AsSpan(scalar.Start, scalar.Length);
        var line = header.IndexOfAny("\r\n");
        if (line >= 0)
            header = header[..line];
        if (header.Contains('#'))
        {
            throw YamlReader.Refused(
                _text.AsSpan(0, scalar.Start).Count('\n') + 1,
                "has a comment behind the mark of a block; write it on a line of its own");
        }
    }

    private void Add(TextSpan span)
    {
        if (_document.Metadata is not null && span.Start >= _document.MetadataSpan.Start
            && span.Start < _document.MetadataSpan.End)
            return;
        var isInline = IsInline(span.Start);
        var owner = OwnerOf(span.Start, isInline);
        var before = CountBefore(owner.Starts, span.Start);
        if (!_found.TryGetValue(owner, out var comments))
            _found.Add(owner, comments = []);
        var text = _text.Substring(span.Start + 1, span.Length - 1);
        // A comment behind a value comes before it, as SOPS has it.
        comments.Add((
            isInline && before > 0 ? before - 1 : before, new SopsLeaf(SopsValue.Comment(text), span, default)));
    }

    private PlacedBranch OwnerOf(int at, bool isInline)
    {
        var next = CountBefore(_starts, at);
        var before = next > 0 ? _entries[next - 1].Branch : null;
        if (isInline)
            return before ?? _root;
        var after = next < _entries.Length ? _entries[next].Branch : null;
        var column = at - YamlReader.LineStart(_text, at);
        if (after is not null && (after.Column < 0 || column <= after.Column))
            return after;
        // Further in than what follows: the innermost of those before that is not further in than the comment.
        while (before is not null && (before.Column < 0 || before.Column > column))
            before = before.Parent;
        return before ?? after ?? _root;
    }

    private bool IsInline(int at)
    {
        var start = YamlReader.LineStart(_text, at);
        return !_text.AsSpan(start, at - start).IsWhiteSpace();
    }

    /// <summary>How many of these begin before.</summary>
    private static int CountBefore(List<int> starts, int at)
    {
        var index = starts.BinarySearch(at);
        return index < 0 ? ~index : index;
    }

    private void Merge()
    {
        foreach (var (owner, comments) in _found)
        {
            var entries = owner.Branch.Items.ToArray();
            owner.Branch.Items.Clear();
            var next = 0;
            for (var entry = 0; entry <= entries.Length; entry++)
            {
                while (next < comments.Count && (comments[next].Before <= entry || entry == entries.Length))
                    owner.Branch.Items.Add(new SopsItem(null, comments[next++].Comment));
                if (entry < entries.Length)
                    owner.Branch.Items.Add(entries[entry]);
            }
        }
    }
}
