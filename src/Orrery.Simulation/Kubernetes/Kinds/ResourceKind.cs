using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Values;

namespace Orrery.Simulation.Kubernetes.Kinds;

/// <summary>One resource that the server serves, for example <c>deployments</c> of <c>apps/v1</c>.</summary>
public sealed record ResourceKind
{
    /// <summary>Empty for the core group.</summary>
    public required string Group { get; init; }

    public required string Version { get; init; }

    /// <summary>As in the path: <c>deployments</c>.</summary>
    public required string Plural { get; init; }

    public required string Kind { get; init; }

    public string Singular { get; init; } = "";

    public required bool IsNamespaced { get; init; }

    public ValueList<string> ShortNames { get; init; } = ValueList<string>.Empty;

    public ValueList<string> Categories { get; init; } = ValueList<string>.Empty;

    public ValueList<string> Verbs { get; init; } = AllVerbs;

    public ValueList<string> Subresources { get; init; } = ValueList<string>.Empty;

    /// <summary>The kind as it is stored (<c>v1/Event</c>), where that is another than this one.</summary>
    public string? StoredAs { get; init; }

    /// <summary>It comes of a CustomResourceDefinition of this name; null for what the server has built in.</summary>
    public string? Definition { get; init; }

    public static ValueList<string> AllVerbs { get; } =
        ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    /// <summary>As objects say it: <c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As refusals say it: <c>configmaps</c> or <c>deployments.apps</c>.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";

    /// <summary>As refusals of contents say it: <c>ConfigMap</c> or <c>Deployment.apps</c>.</summary>
    public string QualifiedKind => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>Under what it is stored: one place for all versions of a group.</summary>
    public string StorageGroup => StoredAs is null || StoredAs.Contains(Group, StringComparison.Ordinal)
        ? Group
        : StoredAs.Split('/') is [var group, _, _] ? group : "";

    /// <summary>Objects of it can be stored; reviews and bindings are only asked.</summary>
    public bool IsStored => Verbs.Contains("get") && Verbs.Contains("create");

    /// <summary>A stable mark of the stored version, as the real server makes it.</summary>
    public string StorageVersionHash
    {
        get
        {
            var stored = StoredAs ?? $"{Group}/{Version}/{Kind}";
            var name = stored.Count(c => c == '/') == 1 ? "/" + stored : stored;
            return Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(name)).AsSpan(0, 8));
        }
    }
}
