using Orrery.Engine.Ports;

namespace Orrery.Providers.Kubernetes.Watching;

/// <summary>What a watch tells.</summary>
public enum WatchEventKind
{
    /// <summary>It is there: made, or found when the watch began.</summary>
    Added,

    Modified,

    Deleted,

    /// <summary>All that was there when the watch began, or began anew, has been told.</summary>
    Listed,
}

/// <summary>One event of a watch.</summary>
/// <param name="Object">As it is now, or was last; null only for <see cref="WatchEventKind.Listed"/>.</param>
public sealed record WatchEvent(WatchEventKind Kind, KubernetesObject? Object);

/// <summary>Which objects of a kind are meant.</summary>
public sealed record ListScope
{
    public static ListScope Everything { get; } = new();

    /// <summary>Null for all namespaces, and for kinds that have none.</summary>
    public string? Namespace { get; init; }

    /// <summary>For example <c>app=web,tier!=cache</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>For example <c>metadata.name=web</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>What is being done while it is asked; null where somebody only looks.</summary>
    public OperationContext? Operation { get; init; }

    /// <summary>One object.</summary>
    public static ListScope Of(ObjectReference reference) => new()
    {
        Namespace = reference.Namespace,
        FieldSelector = $"metadata.name={reference.Name}",
    };
}
