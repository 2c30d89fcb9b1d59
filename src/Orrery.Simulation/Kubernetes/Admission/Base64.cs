using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Kinds;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Shapes;

namespace Orrery.Simulation.Kubernetes.Admission;

/// <summary>Fields of bytes hold base64.</summary>
internal static class Base64
{
    public static void Check(ResourceKind kind, JsonNode? value, Shape shape)
    {
        if (shape.Kind == ShapeKind.Bytes && value.Text() is { } text && ProblemIn(text) is { } problem)
        {
            throw ApiFailure.BadRequest(
                $"{kind.Kind} in version \"{kind.Version}\" cannot be handled as a {kind.Kind}: {problem}");
        }

        if (value is JsonObject members)
        {
            foreach (var (name, member) in members)
                Check(kind, member, shape.Member(name) ?? Shape.Anything, member is null);
        }
    }

    private static void Check(ResourceKind kind, JsonNode? value, Shape shape, bool isNull)
    {
        if (!isNull && shape.Kind is not ShapeKind.Anything)
            Check(kind, value, shape);
    }

    /// <summary>Null for valid base64; otherwise where it stops being it, as the server's language says it.</summary>
    public static string? ProblemIn(string text)
    {
        var index = 0;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('+' or '/' or '=' or '\n' or '\r'))
                return $"illegal base64 data at input byte {index}";
            index++;
        }

        var length = text.TrimEnd('=').Length;
        return Convert.TryFromBase64String(text, new byte[text.Length], out _)
            ? null
            : $"illegal base64 data at input byte {length - (length % 4)}";
    }
}
