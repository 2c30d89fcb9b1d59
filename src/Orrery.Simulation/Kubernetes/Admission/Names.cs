using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>What names and labels may look like.</summary>
internal static partial class Names
{
    private const string Subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + @"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

    private const string Label =
        "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end "
        + "with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
        + "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

    private const string Label1035 =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation "
        + "is '[a-z]([-a-z0-9]*[a-z0-9])?')";

    private const string LabelValue =
        "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for "
        + "validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

    public static void Check(ResourceKind kind, JsonObject item, List<FieldProblem> problems)
    {
        var name = item.TextAt("metadata", "name");
        if (string.IsNullOrEmpty(name))
            problems.Add(FieldProblem.Required("metadata.name", "name or generateName is required"));
        else if (ProblemIn(kind, name) is { } why)
            problems.Add(FieldProblem.Invalid("metadata.name", name, why));
        foreach (var (_, value) in item.At("metadata", "labels") as JsonObject ?? [])
        {
            var text = value.Text() ?? "";
            if (text.Length > 63)
                problems.Add(FieldProblem.Invalid("metadata.labels", text, "must be no more than 63 bytes"));
            else if (text.Length > 0 && !LabelValues().IsMatch(text))
                problems.Add(FieldProblem.Invalid("metadata.labels", text, LabelValue));
        }
    }

    public static string? ProblemIn(ResourceKind kind, string name)
    {
        if (kind.Group == "rbac.authorization.k8s.io" || kind.Kind == "APIService")
        {
            return name is "." or ".." ? $"may not be '{name}'"
                : name.Contains('/', StringComparison.Ordinal) ? "may not contain '/'"
                : name.Contains('%', StringComparison.Ordinal) ? "may not contain '%'"
                : null;
        }

        return kind switch
        {
            { Kind: "Namespace", Group: "" } => Limited(name, 63) ?? (Labels().IsMatch(name) ? null : Label),
            { Kind: "Service", Group: "" } => Limited(name, 63) ?? (Labels1035().IsMatch(name) ? null : Label1035),
            _ => Limited(name, 253) ?? (Subdomains().IsMatch(name) ? null : Subdomain),
        };
    }

    private static string? Limited(string name, int length) =>
        name.Length > length ? $"must be no more than {length} characters" : null;

    [GeneratedRegex(@"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Labels();

    [GeneratedRegex(@"\A[a-z]([-a-z0-9]*[a-z0-9])?\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Labels1035();

    [GeneratedRegex(
        @"\A[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Subdomains();

    [GeneratedRegex(@"\A([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]\z", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex LabelValues();
}
