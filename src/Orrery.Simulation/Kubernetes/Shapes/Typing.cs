using System.Text.Json;
using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Shapes;

/// <summary>Holds an object against its shape: unknown fields, wrong types.</summary>
internal sealed class Typing
{
    // Where the check is: most of them find nothing, and need no text of it.
    private readonly List<(string Before, string Name, int Index)> _path = [];
    private bool _dropsEmpty;

    /// <summary>Paths of fields that the shape does not have, as in <c>spec.foo</c>.</summary>
    public List<string> Unknown { get; } = [];

    /// <summary>The first value of a wrong type; null where there is none.</summary>
    public TypeProblem? Problem { get; private set; }

    /// <summary>Takes out unknown fields and nulls, and notes what is wrong.</summary>
    /// <param name="dropsEmpty">Empty lists and maps go too, as built-in kinds do not write them.</param>
    public static Typing Prune(JsonObject item, Shape shape, bool dropsEmpty = false)
    {
        var typing = new Typing { _dropsEmpty = dropsEmpty };
        typing.Check(item, shape, prunes: true);
        return typing;
    }

    /// <summary>Only notes what is wrong.</summary>
    public static Typing Check(JsonObject item, Shape shape)
    {
        var typing = new Typing();
        typing.Check(item, shape, prunes: false);
        return typing;
    }

    private void Check(JsonNode? value, Shape shape, bool prunes)
    {
        if (value is null || shape.Kind == ShapeKind.Anything)
            return;
        switch (shape.Kind)
        {
            case ShapeKind.Struct when value is JsonObject members:
                CheckMembers(members, shape, prunes);
                break;
            case ShapeKind.Map when value is JsonObject members:
                foreach (var (name, member) in members)
                    CheckBelow((".", name, -1), member, shape.Item ?? Shape.Anything, prunes);
                break;
            case ShapeKind.List when value is JsonArray list:
                for (var i = 0; i < list.Count; i++)
                    CheckBelow(("[", "]", i), list[i], shape.Item ?? Shape.Anything, prunes);
                break;
            default:
                CheckScalar(value, shape);
                break;
        }
    }

    private void CheckBelow((string, string, int) step, JsonNode? value, Shape shape, bool prunes)
    {
        _path.Add(step);
        Check(value, shape, prunes);
        _path.RemoveAt(_path.Count - 1);
    }

    private void CheckMembers(JsonObject members, Shape shape, bool prunes)
    {
        for (var i = 0; i < members.Count; i++)
        {
            var (name, member) = members.GetAt(i);
            var isRemoved = prunes;
            if (shape.Member(name) is { } known)
            {
                CheckBelow((_path.Count == 0 ? "" : ".", name, -1), member, known, prunes);
                isRemoved &= !shape.KeepsUnknown && (member is null || IsDropped(name, member, shape, known));
            }
            else
            {
                Unknown.Add($"{Path()}{(_path.Count == 0 ? "" : ".")}{name}");
            }

            if (isRemoved)
                members.RemoveAt(i--);
        }
    }

    private bool IsDropped(string name, JsonNode member, Shape shape, Shape known) =>
        _dropsEmpty && IsEmpty(member, known) && shape.Fields.GetValueOrDefault(name) is not { IsAlways: true };

    private string Path() => string.Concat(_path.Select(step =>
        step.Index < 0 ? step.Before + step.Name : $"{step.Before}{step.Index}{step.Name}"));

    private static bool IsEmpty(JsonNode? member, Shape shape) => shape.Kind switch
    {
        ShapeKind.List => member is JsonArray { Count: 0 },
        ShapeKind.Map => member is JsonObject { Count: 0 },
        _ => false,
    };

    private void CheckScalar(JsonNode value, Shape shape)
    {
        var kind = value.GetValueKind();
        var fits = shape.Kind switch
        {
            ShapeKind.Text or ShapeKind.Bytes or ShapeKind.Time => kind == JsonValueKind.String,
            ShapeKind.Integer => kind == JsonValueKind.Number && value.Number() is not null,
            ShapeKind.Number => kind == JsonValueKind.Number,
            ShapeKind.Boolean => kind is JsonValueKind.True or JsonValueKind.False,
            ShapeKind.IntegerOrText or ShapeKind.Quantity => kind is JsonValueKind.String or JsonValueKind.Number,
            _ => false,
        };
        if (!fits)
            Problem ??= new TypeProblem(Path(), shape.Kind, kind);
    }
}

/// <summary>A value whose type does not fit.</summary>
internal sealed record TypeProblem(string Path, ShapeKind Wanted, JsonValueKind Given)
{
    /// <summary>As the merging of applied configurations says it.</summary>
    public string ForApply => $".{Path}: expected {WantedName}, got {GivenName}";

    /// <summary>As the decoder of whole objects says it.</summary>
    public string ForDecoding(string structName) =>
        $"json: cannot unmarshal {DecodedName} into Go struct field {structName}.{Path} of type {GoType}";

    private string WantedName => Wanted switch
    {
        ShapeKind.Integer or ShapeKind.Number => "numeric (int or float)",
        ShapeKind.Boolean => "boolean",
        ShapeKind.Struct or ShapeKind.Map => "map",
        ShapeKind.List => "list",
        _ => "string",
    };

    private string GivenName => Given switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "int",
        JsonValueKind.True or JsonValueKind.False => "boolean",
        JsonValueKind.Object => "map",
        JsonValueKind.Array => "list",
        _ => "null",
    };

    private string DecodedName => Given switch
    {
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.Number => "number",
        _ => "string",
    };

    private string GoType => Wanted switch
    {
        ShapeKind.Integer => "int32",
        ShapeKind.Number => "float64",
        ShapeKind.Boolean => "bool",
        ShapeKind.Struct or ShapeKind.Map => "map[string]interface {}",
        ShapeKind.List => "[]interface {}",
        _ => "string",
    };
}
