using System.Text.Json;
using System.Text.Json.Serialization;
using Orrery.Model.Values;

namespace Orrery.Providers.Git;

/// <summary>
/// The desired fields of <c>git/tree</c>. What is compared and shown are the ids of contents, so that a plan stays
/// readable; the contents themselves travel in one write-only field.
/// </summary>
public static class GitTree
{
    /// <param name="paths">Folders and files that are ours alone: what else lies there is deleted.</param>
    /// <param name="files">Path to content; each at or below one of <paramref name="paths"/>.</param>
    /// <param name="message">Of the commit.</param>
    /// <param name="proposal">The branch of a pull request, as <c>orrery/prod</c>; null to push directly.</param>
    public static Value.Map Desired(
        GitRemote remote, ValueList<string> paths, ValueMap<string> files, string message, string? proposal)
    {
        foreach (var path in files.Keys)
            Invariant.Check(
                paths.Any(ours => path == ours || path.StartsWith($"{ours}/", StringComparison.Ordinal)),
                $"'{path}' is at none of the paths that are ours");
        return Value.MapOf(
            ("url", remote.Url),
            ("branch", remote.Branch),
            ("paths", Value.ListOf(paths.Order(StringComparer.Ordinal).Select(path => (Value)path))),
            ("files", new Value.Map(files.Map((_, content) => (Value)GitBlob.IdOf(content)))),
            ("contents", Write(files)),
            ("message", message),
            ("proposal", proposal is null ? Value.Null.Instance : proposal));
    }

    /// <summary>The same, pushed only when others are there that whoever follows the tree relies on.</summary>
    /// <param name="needs">Outputs of theirs.</param>
    public static Value.Map After(Value.Map desired, IEnumerable<Value> needs) =>
        new(desired.Fields.With("needs", Value.ListOf(needs)));

    /// <summary>The same, where others have the contents of some files, and may change them before.</summary>
    /// <param name="files">Path to the id of the content and to the content itself: outputs of theirs.</param>
    public static Value.Map With(Value.Map desired, ValueMap<(Value Id, Value Content)> files)
    {
        var ids = (Value.Map)desired["files"];
        return files.Count == 0 ? desired : new Value.Map(desired.Fields
            .With("files", new Value.Map(ids.Fields.Map(
                (path, id) => files.TryGetValue(path, out var file) ? file.Id : id)))
            .With("others", new Value.Map(files.Map((_, file) => file.Content))));
    }

    internal static ValueMap<string> ContentsOf(Value.Map desired)
    {
        var contents = JsonSerializer.Deserialize(
            desired["contents"].AsText() ?? "{}", GitJson.Default.DictionaryStringString) ?? [];
        foreach (var (path, content) in (desired["others"] as Value.Map ?? Value.Map.Empty).Fields)
            contents[path] = content.AsText() ?? "";
        return ValueMap.From(contents);
    }

    private static string Write(ValueMap<string> files) => JsonSerializer.Serialize(
        new Dictionary<string, string>(files), GitJson.Default.DictionaryStringString);
}

[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class GitJson : JsonSerializerContext;
