using System.Buffers;
using Orrery.Secrets.Sops.Keys;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Orrery.Secrets.Sops.Formats;

/// <summary>A branch with where it stands: what comments need to find theirs.</summary>
/// <param name="column">The column of its keys or dashes, from 0; -1 where it is written with brackets.</param>
internal sealed class PlacedBranch(SopsBranch branch, PlacedBranch? parent, int column, int depth)
{
    public SopsBranch Branch { get; } = branch;

    public PlacedBranch? Parent { get; } = parent;

    public int Column { get; } = column;

    public int Depth { get; } = depth;

    /// <summary>Where its last value ends; set when that was read.</summary>
    public int End { get; set; }

    /// <summary>Where the entries begin, in order.</summary>
    public List<int> Starts { get; } = [];
}

/// <summary>One document of a YAML text.</summary>
internal sealed record YamlDocument(SopsBranch Root, IReadOnlyList<PlacedBranch> Branches, int Start, int End)
{
    public bool IsFlow { get; init; }

    public int Column { get; init; }

    public MetaMap? Metadata { get; init; }

    public TextSpan MetadataSpan { get; init; }

    public IReadOnlyList<(string Key, SopsLeaf Leaf)> Stamps { get; init; } = [];

    public IReadOnlyList<TextSpan> Scalars { get; init; } = [];
}

/// <summary>
/// Reads YAML by its events into trees with places. Comments are added afterwards: they are no events.
/// </summary>
internal sealed class YamlReader
{
    private const int DepthMax = 128;
    private const string MetadataKey = "sops";

    private static readonly SearchValues<char> Forbidden = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Select(code => (char)code).Except(['\t', '\n', '\r']), '\u007F']);

    private readonly string _text;
    private readonly Parser _parser;
    private readonly List<PlacedBranch> _branches = [];
    private readonly List<TextSpan> _scalars = [];
    private int _end;

    private YamlReader(string text) => (_text, _parser) = (text, new Parser(new StringReader(text)));

    public static IReadOnlyList<YamlDocument> Read(string text)
    {
        // The scanner of YamlDotNet 16.3 passes over some of them.
        var control = text.AsSpan().IndexOfAny(Forbidden);
        if (control >= 0)
        {
            throw Refused(
                text.AsSpan(0, control).Count('\n') + 1, "has a control character, which YAML does not allow");
        }

        try
        {
            return new YamlReader(text).Documents();
        }
        catch (YamlException exception)
        {
            // The parser's words may quote the text.
            throw Refused(exception.Start.Line, "is no YAML");
        }
        // The scanner of YamlDotNet 16.3 reads beyond its buffer on some texts that are no YAML.
        catch (Exception exception) when (exception
            is InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException
            or NullReferenceException)
        {
            throw new SopsException(SopsFailure.Malformed, "the text is no YAML");
        }
    }

    public static SopsException Refused(long line, string why) =>
        new(SopsFailure.Malformed, $"line {line} {why}");

    private List<YamlDocument> Documents()
    {
        var documents = new List<YamlDocument>();
        while (_parser.MoveNext())
        {
            if (_parser.Current is DocumentStart start)
                documents.Add(Document(start));
        }

        return documents;
    }

    private YamlDocument Document(DocumentStart start)
    {
        _branches.Clear();
        _scalars.Clear();
        _parser.MoveNext();
        var root = _parser.Current switch
        {
            MappingStart map => Map(map, null),
            Scalar { Value: "", Style: ScalarStyle.Plain, Tag.IsEmpty: true } => EmptyRoot(_parser.Current),
            _ => throw Refused(_parser.Current!.Start.Line, "begins a document that is no map; SOPS takes maps only"),
        };
        _parser.MoveNext();
        var end = _parser.Current is DocumentEnd { IsImplicit: false } ending ? Index(ending.Start) : -1;
        return Separate(new YamlDocument(root.Branch, [.. _branches], Index(start.Start), end)
        {
            Column = root.Column,
            IsFlow = root.Column < 0,
            Scalars = [.. _scalars],
        });
    }

    private PlacedBranch EmptyRoot(ParsingEvent at)
    {
        var root = new PlacedBranch(new SopsBranch(isList: false), null, 0, 0) { End = Index(at.Start) };
        _branches.Add(root);
        return root;
    }

    private SopsNode Node(PlacedBranch parent)
    {
        if (parent.Depth >= DepthMax)
            throw Refused(_parser.Current!.Start.Line, $"is nested more than {DepthMax} deep");
        if (_parser.Current is AnchorAlias or NodeEvent { Anchor.IsEmpty: false })
        {
            throw Refused(
                _parser.Current.Start.Line, "has an anchor or an alias, and a secret needs a place of its own");
        }

        return _parser.Current switch
        {
            Scalar scalar => Leaf(scalar, PlaceIn(parent)),
            MappingStart map => Map(map, parent).Branch,
            SequenceStart list => List(list, parent),
            _ => throw Refused(_parser.Current!.Start.Line, "is no YAML"),
        };
    }

    /// <summary>Blocks are as far in as the map is that they are in.</summary>
    private static LeafPlace PlaceIn(PlacedBranch parent) => new(
        Math.Max(parent.Column, 0),
        parent.Column < 0,
        parent is { Column: > 0, Parent.Column: >= 0 } && parent.Column > parent.Parent.Column
            ? parent.Column - parent.Parent.Column
            : LeafPlace.DefaultStep);

    private PlacedBranch Map(MappingStart map, PlacedBranch? parent)
    {
        Untagged(map);
        var isFlow = map.Style == MappingStyle.Flow;
        PlacedBranch? placed = null;
        var branch = new SopsBranch(isList: false);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        while (_parser.MoveNext() && _parser.Current is not MappingEnd)
        {
            var key = _parser.Current as Scalar
                ?? throw Refused(_parser.Current!.Start.Line, "has a key that is no text");
            if (!key.Anchor.IsEmpty
                || (key.Style == ScalarStyle.Plain && YamlScalars.Resolve(key.Value)?.Type != SopsType.Text))
                throw Refused(key.Start.Line, "has a key that is no text; SOPS takes texts only: put it in quotes");
            if (!keys.Add(key.Value))
                throw Refused(key.Start.Line, "has a key for the second time");
            var span = SpanOf(key);
            placed ??= Place(branch, parent, isFlow ? -1 : Column(span.Start), span.Start);
            placed.Starts.Add(span.Start);
            _scalars.Add(span);
            _end = Math.Max(_end, span.End);
            _parser.MoveNext();
            branch.Items.Add(new SopsItem(key.Value, Node(placed)));
            placed.End = _end;
        }

        placed ??= Place(branch, parent, -1, Index(map.Start));
        Close(placed, isFlow);
        return placed;
    }

    private SopsBranch List(SequenceStart list, PlacedBranch parent)
    {
        Untagged(list);
        var isFlow = list.Style == SequenceStyle.Flow;
        var branch = new SopsBranch(isList: true);
        var placed = Place(branch, parent, isFlow ? -1 : Column(Index(list.Start)), Index(list.Start));
        while (_parser.MoveNext() && _parser.Current is not SequenceEnd)
        {
            placed.Starts.Add(Index(_parser.Current!.Start));
            branch.Items.Add(new SopsItem(null, Node(placed)));
            placed.End = _end;
        }

        Close(placed, isFlow);
        return branch;
    }

    private PlacedBranch Place(SopsBranch branch, PlacedBranch? parent, int column, int start)
    {
        var placed = new PlacedBranch(branch, parent, column, (parent?.Depth ?? -1) + 1) { End = start };
        _branches.Add(placed);
        return placed;
    }

    private void Close(PlacedBranch placed, bool isFlow)
    {
        if (isFlow)
            _end = Math.Max(_end, Index(_parser.Current!.End));
        placed.End = _end;
    }

    private SopsLeaf Leaf(Scalar scalar, LeafPlace place)
    {
        var tag = scalar.Tag.IsEmpty ? "" : scalar.Tag.Value;
        var value = (scalar.Style, tag) switch
        {
            (_, "tag:yaml.org,2002:str" or "!") => SopsValue.Of(scalar.Value),
            (ScalarStyle.Plain, "") => Resolve(scalar),
            (_, "") => SopsValue.Of(scalar.Value),
            _ => throw Refused(scalar.Start.Line, "has a tag, which is not read: write the value without it"),
        };
        var span = SpanOf(scalar);
        _scalars.Add(span);
        _end = Math.Max(_end, span.End);
        return new SopsLeaf(value, span, place with { IsFollowed = IsFollowed(span.End) });
    }

    private bool IsFollowed(int end)
    {
        var rest = _text.AsSpan(end);
        var line = rest.IndexOf('\n');
        return !(line < 0 ? rest : rest[..line]).IsWhiteSpace();
    }

    private static SopsValue? Resolve(Scalar scalar)
    {
        try
        {
            return YamlScalars.Resolve(scalar.Value);
        }
        catch (SopsException exception)
        {
            throw Refused(scalar.Start.Line, $"cannot be kept: {exception.Message}");
        }
    }

    /// <summary>Without the line breaks behind a block, which stay when its content is replaced.</summary>
    private TextSpan SpanOf(Scalar scalar)
    {
        var (start, end) = (Index(scalar.Start), Index(scalar.End));
        var length = _text.AsSpan(start, Math.Max(0, end - start)).TrimEnd(" \t\r\n").Length;
        return new TextSpan(start, length);
    }

    private int Index(Mark mark) => (int)Math.Min(mark.Index, _text.Length);

    private int Column(int index) => index - LineStart(_text, index);

    public static int LineStart(string text, int index) => index == 0 ? 0 : text.LastIndexOf('\n', index - 1) + 1;

    private static void Untagged(NodeEvent node)
    {
        if (!node.Tag.IsEmpty || !node.Anchor.IsEmpty)
            throw Refused(node.Start.Line, "has a tag or an anchor, which SOPS does not keep: write it without");
    }

    /// <summary>Takes the metadata out of the tree.</summary>
    private static YamlDocument Separate(YamlDocument document)
    {
        var at = document.Root.Items.FindIndex(item => item.Key == MetadataKey);
        if (at < 0)
            return document;
        if (document.Root.Items[at].Node is not SopsBranch { IsList: false } branch)
        {
            throw new SopsException(
                SopsFailure.AlreadyEncrypted, "the key sops is not a map, and SOPS needs it for itself");
        }

        var root = document.Branches.First(placed => ReferenceEquals(placed.Branch, document.Root));
        var start = root.Starts[at];
        var block = document.Branches.First(placed => ReferenceEquals(placed.Branch, branch));
        document.Root.Items.RemoveAt(at);
        root.Starts.RemoveAt(at);
        var span = TextSpan.Between(start, block.End);
        return document with
        {
            Branches =
            [
                .. document.Branches.Where(
                    placed => placed.Starts is not [var begin, ..] || begin < span.Start || begin >= span.End),
            ],
            Metadata = (MetaMap)ToMeta(branch),
            MetadataSpan = span,
            Stamps = [.. branch.Items.Where(item => item is { Key: "mac" or "lastmodified", Node: SopsLeaf })
                .Select(item => (item.Key!, (SopsLeaf)item.Node))],
        };
    }

    private static MetaNode ToMeta(SopsNode node) => node switch
    {
        SopsLeaf leaf => new MetaText(
            leaf.Value is { Type: SopsType.Boolean } value ? value.Text.ToLowerInvariant() : leaf.Value?.Text ?? ""),
        SopsBranch { IsList: true } list => new MetaList([.. list.Items.Select(item => ToMeta(item.Node))]),
        SopsBranch map => new MetaMap(
            [.. map.Items.Select(item => KeyValuePair.Create(item.Key!, ToMeta(item.Node)))]),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
