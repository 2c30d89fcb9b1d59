using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Orrery.Model.Values;

/// <summary>
/// An immutable map from text to values, in ordinal order of its keys and with structural equality, so that equal
/// models give equal bytes.
/// </summary>
public sealed class ValueMap<T> : IReadOnlyDictionary<string, T>, IEquatable<ValueMap<T>>
{
    private readonly KeyValuePair<string, T>[] _entries;

    internal ValueMap(KeyValuePair<string, T>[] sorted) => _entries = sorted;

    public static ValueMap<T> Empty { get; } = new([]);

    public int Count => _entries.Length;

    public IEnumerable<string> Keys => _entries.Select(entry => entry.Key);

    public IEnumerable<T> Values => _entries.Select(entry => entry.Value);

    public T this[string key] =>
        TryGetValue(key, out var value) ? value : throw new KeyNotFoundException($"no entry '{key}'");

    public bool ContainsKey(string key) => IndexOf(key) >= 0;

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out T value)
    {
        var index = IndexOf(key);
        value = index >= 0 ? _entries[index].Value : default;
        return index >= 0;
    }

    /// <summary>The same map with one entry set.</summary>
    public ValueMap<T> With(string key, T value) =>
        ValueMap.From(_entries.Where(entry => entry.Key != key).Append(KeyValuePair.Create(key, value)));

    /// <summary>The same map without one entry.</summary>
    public ValueMap<T> Without(string key) => ContainsKey(key) ? new([.. _entries.Where(e => e.Key != key)]) : this;

    /// <summary>The same keys with other values.</summary>
    public ValueMap<TOther> Map<TOther>(Func<string, T, TOther> convert)
    {
        var converted = new KeyValuePair<string, TOther>[_entries.Length];
        for (var i = 0; i < converted.Length; i++)
        {
            var (key, value) = _entries[i];
            converted[i] = KeyValuePair.Create(key, convert(key, value));
        }

        return new ValueMap<TOther>(converted);
    }

    public bool All(Func<T, bool> holds)
    {
        foreach (var (_, value) in _entries)
        {
            if (!holds(value))
                return false;
        }

        return true;
    }

    public bool Equals(ValueMap<T>? other)
    {
        if (other is null || other._entries.Length != _entries.Length)
            return false;
        for (var i = 0; i < _entries.Length; i++)
        {
            if (!string.Equals(_entries[i].Key, other._entries[i].Key, StringComparison.Ordinal)
                || !EqualityComparer<T>.Default.Equals(_entries[i].Value, other._entries[i].Value))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as ValueMap<T>);

    public override int GetHashCode() => _entries.Length;

    public override string ToString() => $"{{{string.Join(", ", _entries.Select(e => $"{e.Key}: {e.Value}"))}}}";

    public IEnumerator<KeyValuePair<string, T>> GetEnumerator() =>
        ((IEnumerable<KeyValuePair<string, T>>)_entries).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string key)
    {
        int low = 0, high = _entries.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var order = string.CompareOrdinal(_entries[middle].Key, key);
            if (order == 0)
                return middle;
            if (order < 0)
                low = middle + 1;
            else
                high = middle - 1;
        }

        return -1;
    }
}

/// <summary>Makes <see cref="ValueMap{T}"/> from entries; a repeated key is our mistake and throws.</summary>
public static class ValueMap
{
    public static ValueMap<T> From<T>(IEnumerable<KeyValuePair<string, T>> entries)
    {
        var sorted = entries.ToArray();
        if (sorted.Length == 0)
            return ValueMap<T>.Empty;
        // Maps are mostly made of what was sorted before.
        if (!IsSorted(sorted))
            Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        for (var i = 1; i < sorted.Length; i++)
            Invariant.Check(sorted[i].Key != sorted[i - 1].Key, $"the key '{sorted[i].Key}' occurs twice in one map");
        return new ValueMap<T>(sorted);
    }

    private static bool IsSorted<T>(KeyValuePair<string, T>[] entries)
    {
        for (var i = 1; i < entries.Length; i++)
        {
            if (string.CompareOrdinal(entries[i - 1].Key, entries[i].Key) > 0)
                return false;
        }

        return true;
    }

    public static ValueMap<T> Of<T>(params ReadOnlySpan<(string Key, T Value)> entries)
    {
        var pairs = new KeyValuePair<string, T>[entries.Length];
        for (var i = 0; i < entries.Length; i++)
            pairs[i] = KeyValuePair.Create(entries[i].Key, entries[i].Value);
        return From(pairs);
    }

    public static ValueMap<T> ToValueMap<T>(this IEnumerable<T> items, Func<T, string> key) =>
        items.ToValueMap(key, item => item);

    // Keys and values are sorted as two arrays: code over pairs is not compiled ahead of time.
    public static ValueMap<T> ToValueMap<TItem, T>(
        this IEnumerable<TItem> items, Func<TItem, string> key, Func<TItem, T> value)
    {
        var (keys, values) = (new List<string>(), new List<T>());
        foreach (var item in items)
        {
            keys.Add(key(item));
            values.Add(value(item));
        }

        var (sortedKeys, sortedValues) = (keys.ToArray(), values.ToArray());
        Array.Sort(sortedKeys, sortedValues, StringComparer.Ordinal);
        var entries = new KeyValuePair<string, T>[sortedKeys.Length];
        for (var i = 0; i < entries.Length; i++)
        {
            var isNew = i == 0 || sortedKeys[i] != sortedKeys[i - 1];
            Invariant.Check(isNew, $"the key '{sortedKeys[i]}' occurs twice in one map");
            entries[i] = KeyValuePair.Create(sortedKeys[i], sortedValues[i]);
        }

        return entries.Length == 0 ? ValueMap<T>.Empty : new ValueMap<T>(entries);
    }
}
