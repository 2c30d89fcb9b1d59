using System.Security.Cryptography;
using System.Text;

namespace Orrery.Simulation.Git;

/// <summary>What an object of a repository is.</summary>
internal enum GitObjectKind
{
    Blob,
    Tree,
    Commit,
}

/// <summary>An object as git stores it: https://git-scm.com/book/en/v2/Git-Internals-Git-Objects.</summary>
internal sealed record GitObject(GitObjectKind Kind, ReadOnlyMemory<byte> Content)
{
    /// <summary>40 hexadecimal characters, the same that the real git gives the same content.</summary>
    public string Id { get; } = IdOf(Kind, Content.Span);

    public string Text => Encoding.UTF8.GetString(Content.Span);

    private static string IdOf(GitObjectKind kind, ReadOnlySpan<byte> content)
    {
        var word = kind switch { GitObjectKind.Blob => "blob", GitObjectKind.Tree => "tree", _ => "commit" };
        var header = Encoding.ASCII.GetBytes($"{word} {content.Length}\0");
#pragma warning disable CA5350 // Git names its objects so; nothing here relies on its strength.
        return Convert.ToHexStringLower(SHA1.HashData([.. header, .. content]));
#pragma warning restore CA5350
    }
}

/// <summary>An entry of a tree.</summary>
/// <param name="Mode"><c>100644</c>, <c>100755</c>, <c>120000</c>, or <c>40000</c> for a folder.</param>
internal sealed record GitEntry(string Mode, string Name, string Id)
{
    public const string FolderMode = "40000";

    public bool IsFolder => Mode == FolderMode;
}

/// <summary>A file of a commit.</summary>
internal sealed record GitFile(string Mode, string Id);

/// <summary>What a commit says.</summary>
/// <param name="Author">With time and zone: <c>Ada &lt;ada@example.org&gt; 1700000000 +0000</c>.</param>
internal sealed record GitCommit(
    string Tree, IReadOnlyList<string> Parents, string Author, string Committer, string Message)
{
    public GitObject ToObject()
    {
        var parents = string.Concat(Parents.Select(parent => $"parent {parent}\n"));
        return new GitObject(
            GitObjectKind.Commit,
            Encoding.UTF8.GetBytes($"tree {Tree}\n{parents}author {Author}\ncommitter {Committer}\n\n{Message}"));
    }

    public static GitCommit Read(GitObject stored)
    {
        var parts = stored.Text.Split("\n\n", 2);
        var lines = parts[0].Split('\n').Select(line => line.Split(' ', 2)).ToList();
        string One(string name) => lines.Find(line => line[0] == name)?[1] ?? "";
        return new GitCommit(
            One("tree"), [.. lines.Where(line => line[0] == "parent").Select(line => line[1])], One("author"),
            One("committer"), parts.ElementAtOrDefault(1) ?? "");
    }
}
