using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Orrery.Tests.Contracts;

/// <summary>
/// Proxmox VE's schema language: everything in a request is text, a number's place may hold <c>[n]</c>, a format is a
/// name or the parts of a text with commas.
/// </summary>
internal sealed class PveSchema(ContractReport report)
{
    private static readonly Dictionary<string, string> Patterns = new()
    {
        ["pve-node"] = "[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?",
        ["pve-vmid"] = "[1-9][0-9]{2,8}",
        ["pve-storage-id"] = "[a-zA-Z][a-zA-Z0-9._-]*[a-zA-Z0-9]",
        ["pve-poolid"] = "[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+){0,2}",
        ["pve-userid"] = "[^\\s:/]+@[A-Za-z][A-Za-z0-9._-]+",
        ["pve-tokenid"] = "[^\\s:/]+@[A-Za-z][A-Za-z0-9._-]+![A-Za-z][A-Za-z0-9._-]+",
        ["pve-roleid"] = "[A-Za-z0-9._-]+",
        ["pve-realm"] = "[A-Za-z][A-Za-z0-9._-]+",
        ["pve-priv"] = "[A-Za-z]+(\\.[A-Za-z]+)+",
        ["pve-groupid"] = "[A-Za-z0-9._-]+",
        ["pve-configid"] = "[a-zA-Z][a-zA-Z0-9_-]+",
        ["pve-tag"] = "[a-zA-Z0-9_][a-zA-Z0-9_+.-]*",
        ["pve-storage-content"] = "[a-z]+",
        ["pve-bridge-id"] = "[a-zA-Z0-9._-]{1,15}",
        ["pve-qm-smbios1"] = "uuid=[a-fA-F0-9]{8}(-[a-fA-F0-9]{4}){3}-[a-fA-F0-9]{12}",
        ["pve-qm-boot"] = "order=[a-z]+[0-9]+(;[a-z]+[0-9]+)*",
        ["pve-vm-cpu-conf"] = "[A-Za-z0-9._-]+(,.+)?",
        ["pve-volume-id-or-qm-path"] = "none|cdrom|[a-zA-Z][a-zA-Z0-9._-]*:.+",
        ["pve-volume-id-or-absolute-path"] = "/.+|[a-zA-Z][a-zA-Z0-9._-]*:.+",
        ["dns-name"] = "([a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)(\\.[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?)*",
        ["disk-size"] = "[0-9]+(\\.[0-9]+)?[KMGT]?",
        ["urlencoded"] = "[A-Za-z0-9%_.~-]*",
        ["mac-addr"] = "[a-fA-F0-9]([02468aceACE][:-]?)([a-fA-F0-9]{2}[:-]?){4}[a-fA-F0-9]{2}",
    };

    public static bool IsOptional(JsonElement schema) => schema.TryGetProperty("optional", out var optional)
        && optional.ToString() is "1" or "True";

    /// <summary>By its name, or by the name with a number in it.</summary>
    public static JsonElement? Find(JsonElement properties, string name)
    {
        if (properties.ValueKind != JsonValueKind.Object)
            return null;
        if (properties.TryGetProperty(name, out var schema))
            return schema;
        return properties.TryGetProperty(Regex.Replace(name, "[0-9]+$", "[n]"), out var numbered) ? numbered : null;
    }

    /// <summary>A value of a request.</summary>
    public void Parameter(JsonElement schema, string value, string at, Dictionary<string, string> given)
    {
        report.Checked++;
        if (schema.TryGetProperty("requires", out var other) && !given.ContainsKey(other.GetString()!))
            report.Violations.Add($"{at}: needs {other}");
        Text(schema, value, at);
    }

    /// <summary>A value of a reply: with types, though truth is a number.</summary>
    public void Reply(JsonElement schema, JsonElement value, string at)
    {
        report.Checked++;
        var type = schema.TryGetProperty("type", out var named) ? named.GetString() : null;
        var optional = IsOptional(schema) && value.ValueKind == JsonValueKind.Null;
        var fits = optional || type switch
        {
            "null" => value.ValueKind == JsonValueKind.Null,
            "string" => value.ValueKind == JsonValueKind.String,
            "integer" => value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out _),
            "number" => value.ValueKind == JsonValueKind.Number,
            "boolean" => value.ValueKind == JsonValueKind.Number && value.GetRawText() is "0" or "1",
            "array" => value.ValueKind == JsonValueKind.Array,
            "object" or null => value.ValueKind == JsonValueKind.Object,
            _ => false,
        };
        if (!fits)
            report.Violations.Add($"{at}: {value.ValueKind} is no {type}");
        else if (value.ValueKind == JsonValueKind.Object)
            Object(schema, value, at);
        else if (value.ValueKind == JsonValueKind.Array && schema.TryGetProperty("items", out var items))
        {
            foreach (var (index, item) in value.EnumerateArray().Index())
                Reply(items, item, $"{at}[{index}]");
        }
        else if (value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            Limits(schema, value.ToString(), at);
    }

    private void Object(JsonElement schema, JsonElement value, string at)
    {
        if (!schema.TryGetProperty("properties", out var properties))
            return;
        var isOpen = schema.TryGetProperty("additionalProperties", out var more) && more.ToString() is "1" or "True";
        foreach (var field in value.EnumerateObject())
        {
            if (Find(properties, field.Name) is { } inner)
                Reply(inner, field.Value, $"{at}.{field.Name}");
            else if (!isOpen)
                report.Violations.Add($"{at}.{field.Name}: is not in the contract");
        }

        foreach (var property in properties.EnumerateObject().Where(property =>
            !IsOptional(property.Value) && !value.TryGetProperty(property.Name, out _)))
        {
            report.Violations.Add($"{at}: lacks {property.Name}");
        }
    }

    private void Text(JsonElement schema, string value, string at)
    {
        var fits = schema.GetProperty("type").GetString() switch
        {
            "boolean" => value is "0" or "1",
            "integer" => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "number" => decimal.TryParse(value, CultureInfo.InvariantCulture, out _),
            _ => true,
        };
        if (!fits)
            report.Violations.Add($"{at}: '{value}' is no {schema.GetProperty("type")}");
        else
            Limits(schema, value, at);
    }

    private void Limits(JsonElement schema, string value, string at)
    {
        if (schema.TryGetProperty("enum", out var allowed)
            && !allowed.EnumerateArray().Any(one => one.ToString() == value))
        {
            report.Violations.Add($"{at}: '{value}' is none of {allowed}");
        }

        if (schema.TryGetProperty("pattern", out var pattern) && !IsMatch(pattern.GetString()!, value))
            report.Violations.Add($"{at}: '{value}' does not match {pattern}");
        if (Bound(schema, "minimum") is { } least && Number(value) < least)
            report.Violations.Add($"{at}: {value} is less than {least}");
        if (Bound(schema, "maximum") is { } most && Number(value) > most)
            report.Violations.Add($"{at}: {value} is more than {most}");
        if (Bound(schema, "maxLength") is { } longest && value.Length > longest)
            report.Violations.Add($"{at}: is longer than {longest}");
        if (Bound(schema, "minLength") is { } shortest && value.Length < shortest)
            report.Violations.Add($"{at}: is shorter than {shortest}");
        if (schema.TryGetProperty("format", out var format))
            Format(format, value, at);
    }

    private void Format(JsonElement format, string value, string at)
    {
        if (format.ValueKind == JsonValueKind.Object)
        {
            Parts(format, value, at);
            return;
        }

        var name = format.GetString()!;
        var isList = name.EndsWith("-list", StringComparison.Ordinal);
        var single = isList ? name[..^"-list".Length] : name;
        if (name is "email-opt")
            return;
        if (!Patterns.TryGetValue(single, out var pattern))
        {
            report.Unchecked.Add($"{at}: format {name}");
            return;
        }

        var values = isList ? value.Split([',', ';', ' '], StringSplitOptions.RemoveEmptyEntries) : [value];
        report.Violations.AddRange(values.Where(one => !IsMatch(pattern, one))
            .Select(one => $"{at}: '{one}' is no {single}"));
    }

    /// <summary><c>local:8,size=4G</c>: the first part may stand without its name.</summary>
    private void Parts(JsonElement format, string value, string at)
    {
        var given = new HashSet<string>();
        foreach (var part in value.Split(','))
        {
            var pair = part.Split('=', 2);
            var name = pair.Length == 2 ? pair[0] : format.EnumerateObject()
                .First(entry => entry.Value.TryGetProperty("default_key", out _)).Name;
            if (!format.TryGetProperty(name, out var schema))
            {
                report.Violations.Add($"{at}: has no part '{name}'");
                continue;
            }

            given.Add(name);
            if (schema.TryGetProperty("alias", out var alias))
            {
                given.Add(alias.GetString()!);
                if (schema.TryGetProperty("keyAlias", out var key))
                    given.Add(key.GetString()!);
                schema = format.GetProperty(alias.GetString()!);
            }

            report.Checked++;
            Text(schema, pair[^1], $"{at}.{name}");
        }

        report.Violations.AddRange(format.EnumerateObject()
            .Where(entry => entry.Value.TryGetProperty("type", out _) && !IsOptional(entry.Value)
                && !given.Contains(entry.Name))
            .Select(entry => $"{at}: lacks {entry.Name}"));
    }

    private static decimal? Bound(JsonElement schema, string word) => schema.TryGetProperty(word, out var bound)
        && decimal.TryParse(bound.ToString(), CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static decimal Number(string value) => decimal.Parse(value, CultureInfo.InvariantCulture);

    // Perl writes (?^:…) where it turns off what surrounds a pattern.
    private static bool IsMatch(string pattern, string value) => Regex.IsMatch(
        value, $"^(?:{pattern.Replace("(?^:", "(?:").Replace("(?^i:", "(?i:")})$", RegexOptions.None,
        TimeSpan.FromSeconds(10));
}
