using System.Text.Json.Nodes;
using Orrery.Model.Values;

namespace Orrery.Providers.Kubernetes;

/// <summary>
/// What the API server says of a request instead of an object: the kind <c>Status</c>
/// (https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/).
/// </summary>
/// <param name="Code">The HTTP status.</param>
/// <param name="Reason">One word, for example <c>AlreadyExists</c>; empty where there is none.</param>
/// <param name="Message">In one sentence.</param>
/// <param name="Causes">The fields that it complains of.</param>
internal sealed record KubernetesStatus(int Code, string Reason, string Message, ValueList<StatusCause> Causes)
{
    public const string FieldManagerConflict = "FieldManagerConflict";

    /// <summary>Whose fields an apply would have changed.</summary>
    public IEnumerable<StatusCause> Conflicts => Causes.Where(cause => cause.Reason == FieldManagerConflict);

    public static KubernetesStatus Read(JsonObject json) => new(
        json.Number("code") ?? 0,
        json.Text("reason") ?? "",
        json.Text("message") ?? "",
        (json.Object("details")).Array("causes").OfType<JsonObject>().Select(cause => new StatusCause(
            cause.Text("reason") ?? "", cause.Text("field") ?? "", cause.Text("message") ?? "")).ToValueList());
}

/// <summary>One field that the API server complains of.</summary>
/// <param name="Reason">For example <c>FieldValueInvalid</c>.</param>
/// <param name="Field">For example <c>spec.replicas</c>.</param>
/// <param name="Message">For people.</param>
internal sealed record StatusCause(string Reason, string Field, string Message)
{
    /// <summary>The manager that owns a field, told as <c>conflict with "kubectl" using apps/v1</c>.</summary>
    public string Manager
    {
        get
        {
            var from = Message.IndexOf('"', StringComparison.Ordinal);
            var to = from < 0 ? -1 : Message.IndexOf('"', from + 1);
            return to < 0 ? "another manager" : Message[(from + 1)..to];
        }
    }
}

/// <summary>Carries the whole status below a <see cref="Engine.Ports.ProviderException"/>.</summary>
#pragma warning disable CA1064 // Nobody outside can catch it: it is only ever the inner exception of another.
internal sealed class KubernetesRefusal(KubernetesStatus status) : Exception(status.Reason)
{
#pragma warning restore CA1064
    public KubernetesStatus Status => status;
}
