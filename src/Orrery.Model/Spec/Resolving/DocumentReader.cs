using Orrery.Model.Spec.Kinds;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Spec.Yaml;

namespace Orrery.Model.Spec.Resolving;

/// <summary>Recognises the kind of each document and checks its form.</summary>
internal static class DocumentReader
{
    public static IReadOnlyList<Document> Read(IReadOnlyList<Node> nodes, Problems problems)
    {
        if (nodes.Count == 0 && !problems.HasErrors)
        {
            problems.Add(
                SpecCodes.NothingDeclared,
                null,
                "No file has a document.",
                "write one to start from:",
                "  orrery init --example cosmos");
        }

        var documents = new List<Document>();
        var seen = new Dictionary<string, Mark>();
        foreach (var node in nodes)
        {
            if (Read(node, problems) is not { } document)
                continue;
            var identity = $"{document.Kind.Name}/{document.Name}";
            if (seen.TryAdd(identity, document.NameMark))
                documents.Add(document);
            else
                ReportRepeated(document, seen[identity], problems);
        }

        return documents;
    }

    private static Document? Read(Node node, Problems problems)
    {
        if (node is not MappingNode map)
        {
            problems.Add(
                SpecCodes.NotADocument,
                node.Mark,
                $"This document is {node.Kind}.",
                $"begin it with `apiVersion: {Kind.ApiVersion}` and `kind: Cluster`");
            return null;
        }

        if (!HasOurVersion(map, problems) || KindOf(map, problems) is not { } kind)
            return null;
        kind.Document.Check(map, problems);
        kind.Document.CheckPresent(map, problems);
        if (map.Find(Metadata.Field.Name) is not { } metadata)
            return null;
        Metadata.Field.Shape.CheckComplete(metadata, problems);
        if (!Metadata.Field.TryRead(metadata, out var section) || !section.TryGet(Metadata.Name, out var name))
            return null;
        var spec = map.Find("spec") as MappingNode ?? new MappingNode(map.Mark, map.Label, []);
        return new Document(kind, name, section.MarkOf(Metadata.Name), new Section(spec));
    }

    private static bool HasOurVersion(MappingNode map, Problems problems)
    {
        var version = map.Find("apiVersion");
        if (version is ScalarNode { Text: Kind.ApiVersion })
            return true;
        var found = version is ScalarNode scalar ? $"This one has {Sentences.Quote(scalar)}." : "This one has none.";
        problems.Add(
            SpecCodes.WrongApiVersion,
            version?.Mark ?? map.Mark,
            $"A document is of a known version. {found}",
            $"write `apiVersion: {Kind.ApiVersion}`");
        return false;
    }

    private static Kind? KindOf(MappingNode map, Problems problems)
    {
        var written = map.Find("kind") as ScalarNode;
        foreach (var kind in Kind.All)
        {
            if (written?.Text != kind.Name)
                continue;
            if (kind.NotYet is { } notYet)
                problems.AddOnce(notYet, written.Mark, notYet.Explanation);
            return kind;
        }

        var names = Kind.All.Select(kind => kind.Name).ToArray();
        problems.Add(
            SpecCodes.WrongKind,
            written?.Mark ?? map.Mark,
            written is null
                ? "The document does not say what it declares."
                : $"There is no kind {Sentences.Quote(written)}.{Suggestion.Sentence(written.Text, names)}",
            $"the kinds are {Sentences.List(names)}");
        return null;
    }

    private static void ReportRepeated(Document document, Mark first, Problems problems) => problems.Add(
        SpecCodes.DeclaredTwice,
        document.NameMark,
        $"A {document.Kind.Name} \"{document.Name}\" stands already in {first.Source.Name}, line {first.Line}.",
        "give one of them another name");
}
