using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Orrery.Tests.Contracts;

/// <summary>The word <c>format</c>, for all formats that the vendors' contracts use.</summary>
internal static class Formats
{
    private static readonly string[] Timestamps =
    [
        "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK",
    ];

    /// <summary>What is wrong, or null; a format that is not known is noted as unchecked.</summary>
    public static string? Problem(string format, JsonElement value, ContractReport report)
    {
        var fits = value.ValueKind switch
        {
            JsonValueKind.String => Text(format, value.GetString()!),
            JsonValueKind.Number => Number(format, value),
            _ => true,
        };
        if (fits is null)
            report.Unchecked.Add($"the format '{format}'");
        return fits ?? true ? null : $"{value} is not in the format {format}";
    }

    private static bool? Text(string format, string text) => format switch
    {
        "date-time" => DateTimeOffset.TryParseExact(
            text, Timestamps, CultureInfo.InvariantCulture, DateTimeStyles.None, out _)
            && (text.EndsWith('Z') || text[^6] is '+' or '-'),
        "date" => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
        "decimal" => decimal.TryParse(text, NumberStyles.Number, CultureInfo.InvariantCulture, out _),
        "ipv4" => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork
            && text.Split('.').Length == 4,
        "ipv6" => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetworkV6,
        "uri" => Uri.TryCreate(text, UriKind.Absolute, out _),
        "uuid" => Guid.TryParseExact(text, "D", out _),
        "byte" => Convert.TryFromBase64String(text, new byte[text.Length], out _),
        // The others are hints for people: a password, binary data.
        "password" or "binary" => true,
        // Vault's: a number of seconds, or numbers with units.
        "duration" => text.Length == 0 || text.All(each => char.IsAsciiLetterOrDigit(each) || each == '.'),
        _ => null,
    };

    private static bool? Number(string format, JsonElement value) => format switch
    {
        "int32" => value.TryGetInt32(out _),
        "int64" => value.TryGetInt64(out _),
        "float" or "double" => double.IsFinite(value.GetDouble()),
        _ => null,
    };
}
