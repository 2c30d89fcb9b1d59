using System.Security.Cryptography;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Platforms;

namespace Orrery.Rehearsal.Stages;

/// <summary>
/// Values for every secret that the declaration refers to, made of the seed: a rehearsal never touches a real one. Each
/// is remembered, as are those that the rehearsal makes itself, so that its traces can be looked for everywhere.
/// </summary>
public sealed class ThrowAwaySecrets(ulong seed) : ISecretValues
{
    private readonly Dictionary<SecretReference, string> _values = [];
    private readonly List<PlantedSecret> _planted = [];
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>
    /// All that must not be seen where it does not belong, in the order of its making; it only grows.
    /// </summary>
    public IReadOnlyList<PlantedSecret> Planted => _planted;

    /// <summary>Whether a value is there already.</summary>
    public bool Has(SecretReference reference) => _values.ContainsKey(reference);

    /// <summary>Puts a value in place that everybody may see: a public key.</summary>
    public void Publish(SecretReference reference, string value) => _values[reference] = value;

    /// <summary>Puts a value in place that somebody else made: the recovery identity.</summary>
    public void Plant(SecretReference reference, string value, SecretPlaces places = SecretPlaces.None)
    {
        _values[reference] = value;
        Made($"{reference}", value, places);
    }

    /// <summary>Remembers what the rehearsal has made itself; a value that is known already stays as it is.</summary>
    public void Made(string name, string value, SecretPlaces places = SecretPlaces.None)
    {
        if (_known.Add(value))
            _planted.Add(new PlantedSecret(name, value, places));
    }

    public string Find(SecretReference reference)
    {
        // Long, with characters that JSON, HTML and URLs write in other ways, so that escaped traces are found too.
        if (!_values.ContainsKey(reference))
        {
            var value = $"throw-away/{Convert.ToBase64String(Bytes(reference))}+\"&<é";
            Plant(reference, value, SecretPlaces.Clusters);
        }

        return _values[reference];
    }

    /// <summary>A token travels in a header, so it is of plain characters only.</summary>
    public string Token(SecretReference reference, SecretPlaces places = SecretPlaces.Cloud)
    {
        if (!_values.ContainsKey(reference))
            Plant(reference, $"throwaway{Convert.ToHexStringLower(Bytes(reference))}", places);
        return _values[reference];
    }

    private byte[] Bytes(SecretReference reference) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"throw-away {seed} {reference}"));
}
