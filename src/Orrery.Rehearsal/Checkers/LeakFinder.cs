using System.Runtime.InteropServices;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Orrery.Rehearsal.Stages;

namespace Orrery.Rehearsal.Checkers;

/// <summary>
/// Looks for planted secrets in everything that leaves the engine: as they are, in base64 at any offset, in
/// hexadecimal, and escaped as JSON and URLs do. Of a private key, one line that holds some of what is private is
/// looked for, since keys are often indented or joined. One pass, however many secrets there are.
/// </summary>
internal sealed class LeakFinder(IReadOnlyList<PlantedSecret> planted)
{
    private const int BeginBytes = sizeof(uint);

    private readonly bool[] _mayBegin = new bool[1 << 16];
    private readonly Dictionary<uint, List<Trace>> _traces = [];
    private int _known;

    /// <summary>
    /// The name of the first secret found and the form of its trace; null where there is none that does not belong
    /// there.
    /// </summary>
    public string? Find(ReadOnlySpan<byte> text, SecretPlaces place = SecretPlaces.None)
    {
        for (; _known < planted.Count; _known++)
            AddTraces(planted[_known]);
        for (var at = 0; at + BeginBytes <= text.Length; at++)
        {
            var begin = MemoryMarshal.Read<uint>(text[at..]);
            if (!_mayBegin[Slot(begin)] || !_traces.TryGetValue(begin, out var traces))
                continue;
            foreach (var trace in traces)
            {
                if ((trace.Secret.Places & place) == SecretPlaces.None && text[at..].StartsWith(trace.Bytes))
                    return $"{trace.Secret.Name}, {trace.Form}";
            }
        }

        return null;
    }

    public string? Find(string text, SecretPlaces place = SecretPlaces.None) =>
        Find(Encoding.UTF8.GetBytes(text), place);

    private static int Slot(uint begin) => (int)((begin * 2654435769u) >> 16);

    /// <summary>
    /// What of a secret tells it from all else: of a token what follows the name of its authority, of a private key one
    /// line of its text, chosen by where the format has what is private.
    /// </summary>
    internal static string Telling(string secret)
    {
        if (!secret.StartsWith("-----BEGIN ", StringComparison.Ordinal))
            return secret[(secret.LastIndexOf(':') + 1)..];
        var lines = secret.Split('\n').Where(line => line.Length > 0 && line[0] != '-').ToArray();
        // RFC 8017, A.1.2: the modulus first, the coefficient last. PROTOCOL.key of OpenSSH: on P-256 the scalar is at
        // byte 267 of lines of 52.5 bytes each. RFC 5915: the private key first.
        return secret.StartsWith("-----BEGIN RSA", StringComparison.Ordinal) ? lines[^3]
            : secret.StartsWith("-----BEGIN OPENSSH", StringComparison.Ordinal) ? lines[5]
            : lines[0];
    }

    private void AddTraces(PlantedSecret secret)
    {
        var text = Telling(secret.Value);
        var raw = Encoding.UTF8.GetBytes(text);
        Add(secret, raw, "as it is");
        Add(secret, Convert.ToHexString(raw), "in hexadecimal");
        Add(secret, Convert.ToHexStringLower(raw), "in hexadecimal");
        Add(secret, Uri.EscapeDataString(text), "escaped as in a URL");
        Add(secret, JsonEncodedText.Encode(text).ToString(), "escaped as in JSON");
        var escaped = JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        Add(secret, escaped.ToString(), "escaped as in JSON");
        for (var offset = 0; offset < 3; offset++)
        {
            // In base64 a text reads in three ways, by where it begins; its ends mix with what stands around it.
            var encoded = Convert.ToBase64String([.. new byte[offset], .. raw]);
            var from = offset == 0 ? 0 : 4;
            Add(secret, encoded[from..(encoded.Length - 4)], "in base64");
        }
    }

    private void Add(PlantedSecret secret, string trace, string form) =>
        Add(secret, Encoding.UTF8.GetBytes(trace), form);

    private void Add(PlantedSecret secret, byte[] trace, string form)
    {
        if (trace.Length < BeginBytes)
            return;
        var begin = MemoryMarshal.Read<uint>(trace);
        _mayBegin[Slot(begin)] = true;
        if (!_traces.TryGetValue(begin, out var traces))
            _traces[begin] = traces = [];
        if (!traces.Exists(known => known.Bytes.AsSpan().SequenceEqual(trace)))
            traces.Add(new Trace(secret, trace, form));
    }

    private sealed record Trace(PlantedSecret Secret, byte[] Bytes, string Form);
}
