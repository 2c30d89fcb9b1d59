using System.Globalization;
using System.Text.Json;
using Orrery.Simulation.Hetzner.State;
using Orrery.Simulation.Worlds;

namespace Orrery.Simulation.Hetzner.Requests;

/// <summary>Filters, sorts and cuts a collection into pages, as all list routes do.</summary>
internal static class Listing
{
    // https://docs.hetzner.cloud/#pagination
    private const int PerPageDefault = 25;
    private const int PerPageMax = 50;

    // The culture must not decide the order of names.
    private static readonly IComparer<IComparable> Order = Comparer<IComparable>.Create((left, right) =>
        (left, right) is (string first, string second) ? string.CompareOrdinal(first, second) : left.CompareTo(right));

    /// <summary>The collection's things that the query asks for.</summary>
    public static Answer Of<T>(Exchange exchange, Collection<T> collection, Action<Utf8JsonWriter, T> write)
        where T : Entity
    {
        var items = Visible(exchange, collection);
        if (exchange.Query.Last("name") is { } name)
            items = items.Where(item => item.Name == name);
        if (exchange.Query.Last("label_selector") is { } text)
        {
            var selector = LabelSelector.Parse(text)
                ?? throw Refusal.Invalid("label_selector", "is not a valid label selector");
            items = items.Where(item => selector.Matches(item.Labels));
        }

        return Page(exchange, collection.Path, Sorted(exchange, items, SortKeyOf<T>()), write);
    }

    /// <summary>One page of what is already filtered and sorted.</summary>
    public static Answer Page<T>(Exchange exchange, string path, IEnumerable<T> items, Action<Utf8JsonWriter, T> write)
    {
        var all = items.ToList();
        var page = (int)Math.Min(int.MaxValue, Number(exchange, "page", 1));
        var perPage = (int)Math.Min(PerPageMax, Number(exchange, "per_page", PerPageDefault));
        var last = Math.Max(1, (all.Count + perPage - 1) / perPage);
        var shown = all.Skip((int)Math.Min(int.MaxValue, (page - 1L) * perPage)).Take(perPage);
        return new Answer(200, writer =>
        {
            writer.WriteStartArray(path);
            foreach (var item in shown)
                write(writer, item);
            writer.WriteEndArray();
            writer.WriteStartObject("meta");
            writer.WriteStartObject("pagination");
            writer.WriteNumber("page", page);
            writer.WriteNumber("per_page", perPage);
            NumberOrNull(writer, "previous_page", page > 1 ? page - 1 : null);
            NumberOrNull(writer, "next_page", page < last ? page + 1 : null);
            writer.WriteNumber("last_page", last);
            writer.WriteNumber("total_entries", all.Count);
            writer.WriteEndObject();
            writer.WriteEndObject();
        })
        {
            Link = Links(exchange, (page, perPage, last)),
        };
    }

    /// <summary>Sorts by the fields of the query, by id without any; ids break ties.</summary>
    public static IEnumerable<T> Sorted<T>(
        Exchange exchange, IEnumerable<T> items, IReadOnlyDictionary<string, Func<T, IComparable>> keys)
    {
        IOrderedEnumerable<T>? sorted = null;
        foreach (var wanted in exchange.Query.All("sort").Append("id"))
        {
            var parts = wanted.Split(':');
            var known = keys.TryGetValue(parts[0], out var key) && parts is [_] or [_, "asc"] or [_, "desc"];
            if (!known || key is null)
                throw Refusal.Invalid("sort", $"'{wanted}' is not one of the fields to sort by");
            sorted = (sorted, parts is [_, "desc"]) switch
            {
                (null, false) => items.OrderBy(key, Order),
                (null, true) => items.OrderByDescending(key, Order),
                (_, false) => sorted.ThenBy(key, Order),
                (_, true) => sorted.ThenByDescending(key, Order),
            };
        }

        return sorted ?? items;
    }

    private static IEnumerable<T> Visible<T>(Exchange exchange, Collection<T> collection)
        where T : Entity
    {
        if (exchange.Request.Fault != WorldFault.StaleList)
            return collection.All;
        var stale = collection.AsOf(exchange.Now - exchange.Project.Options.Latencies.Staleness).ToList();
        // A list that shows what is there is no fault.
        exchange.Injected = !stale.SequenceEqual(collection.All);
        return stale;
    }

    private static Dictionary<string, Func<T, IComparable>> SortKeyOf<T>()
        where T : Entity => new()
        {
            ["id"] = item => item.Id,
            ["name"] = item => item.Name,
            ["created"] = item => item.Created,
        };

    private static long Number(Exchange exchange, string parameter, int otherwise)
    {
        if (exchange.Query.Last(parameter) is not { } text)
            return otherwise;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0
            ? value
            : throw Refusal.Invalid(parameter, "must be a positive number");
    }

    private static void NumberOrNull(Utf8JsonWriter writer, string name, int? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }

    // Relative, so that a client that follows it stays in the simulated cloud.
    private static string? Links(Exchange exchange, (int Page, int PerPage, int Last) at)
    {
        var links = new List<string>();
        if (at.Page > 1)
            links.Add(Link(at.Page - 1, "prev"));
        if (at.Page < at.Last)
            links.Add(Link(at.Page + 1, "next"));
        links.Add(Link(at.Last, "last"));
        return string.Join(", ", links);

        string Link(int page, string relation) =>
            $"<{exchange.Request.Path}?page={page}&per_page={at.PerPage}>; rel=\"{relation}\"";
    }
}
