using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Platforms;

namespace Orrery.Rehearsal.Stages;

/// <summary>
/// Values for every secret that the declaration refers to, made of the seed: a rehearsal never touches a real one. Each
/// is remembered, so that its traces can be looked for everywhere.
/// </summary>
public sealed class ThrowAwaySecrets(ulong seed) : ISecretValues
{
    private readonly Dictionary<SecretReference, string> _values = [];
    private readonly HashSet<SecretReference> _public = [];

    /// <summary>All that must not be seen anywhere, in the order of its making.</summary>
    public IReadOnlyList<string> Planted =>
        [.. _values.Where(entry => !_public.Contains(entry.Key)).Select(entry => entry.Value)];

    /// <summary>Whether a value is there already.</summary>
    public bool Has(SecretReference reference) => _values.ContainsKey(reference);

    /// <summary>Puts a value in place that everybody may see: a public key.</summary>
    public void Publish(SecretReference reference, string value)
    {
        _public.Add(reference);
        _values[reference] = value;
    }

    /// <summary>Puts a value in place that somebody else made: the recovery identity.</summary>
    public void Plant(SecretReference reference, string value) => _values[reference] = value;

    public string Find(SecretReference reference)
    {
        // Long, with characters that JSON, HTML and URLs write in other ways, so that escaped traces are found too.
        if (!_values.TryGetValue(reference, out var value))
            _values[reference] = value = $"throw-away/{Convert.ToBase64String(Bytes(reference))}+\"&<é";
        return value;
    }

    /// <summary>A token travels in a header, so it is of plain characters only.</summary>
    public string Token(SecretReference reference)
    {
        if (!_values.TryGetValue(reference, out var value))
            _values[reference] = value = $"throwaway{Convert.ToHexStringLower(Bytes(reference))}";
        return value;
    }

    private byte[] Bytes(SecretReference reference) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"throw-away {seed} {reference}"));
}
