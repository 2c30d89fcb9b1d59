using System.Globalization;
using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Providers.Vault.Kinds;

/// <summary>
/// A document of the declaration's repository, field by field in a document of the Vault. Its values are in no plan and
/// in no state: a plan says whether the Vault has what the repository has. Fields that others have put beside ours stay
/// as they are; which are ours stands in the document's custom metadata.
/// </summary>
/// <param name="engine">Where documents lie, for example <c>secret</c>.</param>
internal sealed class VaultSecretHandler(IVaults vaults, DocumentSource source, string engine) : VaultHandler(vaults)
{
    private const string Content = "content";
    private const string Differs = "differs";

    public static ResourceKind Definition { get; } = new()
    {
        Type = "vault/secret",
        Fields = FieldsOf((Content, FieldRule.Updates)),
        HasGenerations = false,
    };

    public override ResourceKind Kind => Definition;

    protected override async Task<Value.Map?> FindAsync(
        VaultClient client, string name, CancellationToken cancellation)
    {
        var read = await new KeyValueEngine(client, engine).ReadAsync(name, null, null, cancellation);
        if (read is not KeyValueRead.Present present || DocumentOwner.FieldsOf(present.CustomMetadata).Count == 0)
            return null;
        var wanted = await source.OpenAsync(name, cancellation);
        return Value.MapOf((Content, wanted is not null && Has(present, wanted.Fields) ? wanted.Digest : Differs));
    }

    protected override async Task WriteAsync(
        VaultClient client, string name, Wanted wanted, OperationContext operation, CancellationToken cancellation)
    {
        var document = await source.OpenAsync(name, cancellation)
            ?? throw new ProviderException(
                ProviderErrorCode.Invalid, $"the document '{name}' is gone since it was planned");
        await ChangeAsync(client, name, new Change(document.Fields, wanted.Owner), operation, cancellation);
    }

    /// <summary>Takes our fields out, from all versions; what others have put beside them stays.</summary>
    protected override async Task RemoveAsync(
        VaultClient client, string name, OperationContext operation, CancellationToken cancellation)
    {
        var last = await ChangeAsync(client, name, new Change([], null), operation, cancellation);
        if (last > 1)
        {
            await new KeyValueEngine(client, engine).DestroyAsync(
                name, Enumerable.Range(1, last - 1).ToValueList(), operation, cancellation);
        }
    }

    private static bool Has(KeyValueRead.Present present, JsonObject wanted) =>
        wanted.All(field => present.Data.TryGetPropertyValue(field.Key, out var there)
            && JsonNode.DeepEquals(there, field.Value))
        && DocumentOwner.FieldsOf(present.CustomMetadata).SetEquals(wanted.Select(field => field.Key));

    /// <summary>
    /// Before the first change it is written down which fields are ours, those that go and those that come, so that a
    /// run that dies between leaves none behind that nobody knows.
    /// </summary>
    private async Task<int> ChangeAsync(
        VaultClient client, string name, Change change, OperationContext operation, CancellationToken cancellation)
    {
        var documents = new KeyValueEngine(client, engine);
        var known = (await documents.MetadataAsync(name, operation, cancellation))?.CustomMetadata
            ?? ValueMap<string>.Empty;
        if (change.Owner is { } owner && DocumentOwner.Read(known) is { } other
            && other.PlatformId != owner.PlatformId)
        {
            throw new ProviderException(
                ProviderErrorCode.Foreign, $"the document '{name}' in Vault is not ours: it names another owner");
        }

        var ours = DocumentOwner.FieldsOf(known);
        var names = change.Fields.Select(field => field.Key).ToHashSet(StringComparer.Ordinal);
        var whose = change.Owner is null ? known : DocumentOwner.Write(known, change.Owner);
        if (!ours.SetEquals(names) || change.Owner is not null)
        {
            await documents.WriteMetadataAsync(
                name, DocumentOwner.WithFields(whose, ours.Union(names)), operation, cancellation);
        }

        var changed = await new KeyValueDocument(documents, name).ChangeAsync(
            fields =>
            {
                foreach (var gone in ours.Where(field => !names.Contains(field)))
                    fields.Remove(gone);
                foreach (var (field, value) in change.Fields)
                    fields[field] = value?.DeepClone();
                return fields;
            },
            operation, cancellation);
        if (ours.Any(field => !names.Contains(field)))
        {
            await documents.WriteMetadataAsync(
                name, DocumentOwner.WithFields(whose, names), operation, cancellation);
        }

        return changed.Version;
    }

    /// <summary>Which fields of a document shall be ours.</summary>
    /// <param name="Owner">Null where it stays whose it was.</param>
    private sealed record Change(JsonObject Fields, Owner? Owner);

    /// <summary>Whose a document's fields are, as its custom metadata.</summary>
    private static class DocumentOwner
    {
        private const string Platform = "orrery.dev/platform";
        private const string Address = "orrery.dev/address";
        private const string Generation = "orrery.dev/generation";
        private const string Fields = "orrery.dev/fields-";

        /// <summary>512 bytes at most: https://openbao.org/api-docs/secret/kv/kv-v2/#createupdate-metadata.</summary>
        private const int ValueMax = 512;

        public static Owner? Read(ValueMap<string> custom) =>
            custom.TryGetValue(Platform, out var platform) && custom.TryGetValue(Address, out var address)
            && custom.TryGetValue(Generation, out var text)
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var generation)
                ? new Owner(platform, address, generation)
                : null;

        public static ValueMap<string> Write(ValueMap<string> custom, Owner owner) => custom
            .With(Platform, owner.PlatformId).With(Address, owner.AddressHash)
            .With(Generation, owner.Generation.ToString(CultureInfo.InvariantCulture));

        public static HashSet<string> FieldsOf(ValueMap<string> custom) => custom
            .Where(each => each.Key.StartsWith(Fields, StringComparison.Ordinal))
            .OrderBy(each => each.Key, StringComparer.Ordinal)
            .SelectMany(each => each.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .ToHashSet(StringComparer.Ordinal);

        /// <summary>As many lines of names as it takes; a name has no space in it.</summary>
        public static ValueMap<string> WithFields(ValueMap<string> custom, IEnumerable<string> names)
        {
            var lines = new List<string>();
            foreach (var name in names.Order(StringComparer.Ordinal))
            {
                if (lines.Count > 0 && lines[^1].Length + 1 + name.Length <= ValueMax)
                    lines[^1] += $" {name}";
                else
                    lines.Add(name);
            }

            var others = custom.Where(each => !each.Key.StartsWith(Fields, StringComparison.Ordinal));
            return ValueMap.From(others.Concat(lines.Select((line, at) => KeyValuePair.Create(
                $"{Fields}{at.ToString("00", CultureInfo.InvariantCulture)}", line))));
        }
    }
}
