using System.Text.Json.Nodes;
using Orrery.Simulation.Kubernetes.Requests;

namespace Orrery.Simulation.Kubernetes.Ownership;

/// <summary>Who owns fields, and how: an entry's identity without its time.</summary>
internal readonly record struct FieldOwner(string Manager, string Operation, string ApiVersion, string Subresource)
{
    /// <summary>As conflicts name it.</summary>
    public string Describe(string? time)
    {
        var text = $"\"{Manager}\"" + (Subresource.Length > 0 ? $" with subresource \"{Subresource}\"" : "");
        if (Operation == "Update")
            text += $" using {ApiVersion}" + (time is null ? "" : $" at {time}");
        return text;
    }
}

/// <summary>The <c>metadata.managedFields</c> of one object.</summary>
internal sealed class ManagedFields
{
    public Dictionary<FieldOwner, (FieldSet Set, string? Time)> Owners { get; } = [];

    public static ManagedFields Of(JsonObject? item)
    {
        var managed = new ManagedFields();
        foreach (var entry in (item.At("metadata", "managedFields") as JsonArray ?? []).OfType<JsonObject>())
        {
            if (entry["fieldsV1"] is not JsonObject fields)
                continue;
            var owner = new FieldOwner(
                entry["manager"].Text() ?? "",
                entry["operation"].Text() ?? "",
                entry["apiVersion"].Text() ?? "",
                entry["subresource"].Text() ?? "");
            managed.Owners[owner] = (FieldSet.From(fields), entry["time"].Text());
        }

        return managed;
    }

    /// <summary>Writes it; the member is gone where nobody owns anything.</summary>
    public void WriteTo(JsonObject item)
    {
        var metadata = item.Child("metadata");
        metadata.Remove("managedFields");
        var entries = new JsonArray();
        var ordered = Owners.Where(pair => !pair.Value.Set.IsEmpty)
            .OrderBy(pair => pair.Key.Operation, StringComparer.Ordinal)
            .ThenBy(pair => pair.Value.Time ?? "", StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Manager, StringComparer.Ordinal)
            .ThenBy(pair => pair.Key.Subresource, StringComparer.Ordinal);
        foreach (var (owner, (set, time)) in ordered)
        {
            var entry = new JsonObject
            {
                ["manager"] = owner.Manager,
                ["operation"] = owner.Operation,
                ["apiVersion"] = owner.ApiVersion,
            };
            if (time is not null)
                entry["time"] = time;
            entry["fieldsType"] = "FieldsV1";
            entry["fieldsV1"] = set.ToJson();
            if (owner.Subresource.Length > 0)
                entry["subresource"] = owner.Subresource;
            entries.Add((JsonNode)entry);
        }

        if (entries.Count > 0)
            metadata["managedFields"] = entries;
    }
}
