using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Values;
using Orrery.Providers.Http;

namespace Orrery.Providers.Kubernetes;

/// <summary>Which API server, and who we are to it.</summary>
/// <param name="Name">For messages, for example <c>prod</c>.</param>
/// <param name="Server">For example <c>https://127.0.0.1:6443</c>.</param>
/// <param name="Tokens">Null where the wire's client certificate says who we are.</param>
public sealed record KubernetesAccess(string Name, Uri Server, ITokenSource? Tokens = null);

/// <summary>An object, or the part of it that we decide, to be as it says.</summary>
/// <param name="Manifest">With apiVersion, kind and name. May hold secrets.</param>
public sealed record ApplyRequest(JsonObject Manifest)
{
    /// <summary>Takes fields from their owners; without it such fields are a conflict.</summary>
    public bool Force { get; init; }

    /// <summary>Who owns the fields; what one name has applied, another one does not take back.</summary>
    public string Manager { get; init; } = KubernetesClient.FieldManager;

    /// <summary>The server checks and completes it, and changes nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>How long a kind that is not served yet may take; its definition may be on its way.</summary>
    public TimeSpan KindLimit { get; init; } = TimeSpan.FromSeconds(60);

    public OperationContext? Operation { get; init; }

    public override string ToString() => $"apply of {new KubernetesObject(Manifest)}";
}

/// <summary>What came of an apply.</summary>
/// <param name="Object">As it is now, or with a dry run would be.</param>
/// <param name="IsNew">It was not there before.</param>
public sealed record Applied(KubernetesObject Object, bool IsNew);

/// <summary>An object to delete.</summary>
/// <param name="Uid">It must be this very one; null for whatever has the name.</param>
public sealed record ObjectDeletion(ObjectReference Object, string? Uid = null)
{
    /// <summary>
    /// <c>Background</c>: what hangs on it goes after it. <c>Foreground</c>: before it. <c>Orphan</c>: stays.
    /// </summary>
    public string Propagation { get; init; } = "Background";

    public OperationContext? Operation { get; init; }
}

/// <summary>What a pod has written.</summary>
public sealed record LogRequest(string Namespace, string Pod)
{
    /// <summary>Needed only where the pod has more than one.</summary>
    public string? Container { get; init; }

    /// <summary>Only the last ones; null for all that fits into <see cref="BytesMax"/>.</summary>
    public int? TailLines { get; init; }

    /// <summary>Of the container's run before this one.</summary>
    public bool Previous { get; init; }

    public int BytesMax { get; init; } = 1024 * 1024;
}

/// <summary>A command to run in a pod.</summary>
/// <param name="Command">The program and its arguments. Never a secret: others in the pod see them.</param>
public sealed record PodCommand(string Namespace, string Pod, ValueList<string> Command)
{
    /// <summary>Needed only where the pod has more than one.</summary>
    public string? Container { get; init; }

    /// <summary>Given on standard input, which then ends.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How much of each of its outputs is kept.</summary>
    public int OutputBytesMax { get; init; } = 1024 * 1024;

    /// <summary>It changes things, so the lease must outlast its start.</summary>
    public bool Changes { get; init; } = true;

    /// <summary>On whose behalf it runs; null for nobody's.</summary>
    public OperationContext? Operation { get; init; }
}

/// <summary>How a command in a pod ended.</summary>
/// <param name="ExitCode">0 where all is well.</param>
public sealed record PodCommandResult(int ExitCode, ReadOnlyMemory<byte> Output, string Error);
