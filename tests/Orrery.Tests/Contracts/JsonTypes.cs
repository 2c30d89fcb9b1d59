using System.Text.Json;

namespace Orrery.Tests.Contracts;

/// <summary>The word <c>type</c>: one name, or several of which one fits.</summary>
internal static class JsonTypes
{
    public static string? Problem(JsonElement type, JsonElement value)
    {
        var names = type.ValueKind == JsonValueKind.Array
            ? type.EnumerateArray().Select(name => name.GetString()!).ToList()
            : [type.GetString()!];
        return names.Exists(name => Fits(name, value))
            ? null
            : $"{value.ValueKind} is not of type {string.Join(" or ", names)}";
    }

    public static bool Fits(string name, JsonElement value) => (name, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String)
            or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null)
            or ("number", JsonValueKind.Number) => true,
        ("integer", JsonValueKind.Number) => value.GetDecimal() % 1 == 0,
        _ => false,
    };
}
