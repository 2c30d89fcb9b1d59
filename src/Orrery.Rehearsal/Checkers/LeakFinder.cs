using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Orrery.Rehearsal.Checkers;

/// <summary>
/// Looks for planted secrets in everything that leaves the engine: as they are, in base64 at any offset, in
/// hexadecimal, and escaped as JSON and URLs do.
/// </summary>
internal sealed class LeakFinder
{
    private readonly List<(byte[] Trace, string Form)> _traces = [];

    public LeakFinder(IEnumerable<string> planted)
    {
        foreach (var secret in planted)
            AddTraces(secret);
    }

    /// <summary>The form of the first trace found, or null.</summary>
    public string? Find(ReadOnlySpan<byte> text)
    {
        foreach (var (trace, form) in _traces)
        {
            if (text.IndexOf(trace) >= 0)
                return form;
        }

        return null;
    }

    private void AddTraces(string secret)
    {
        var raw = Encoding.UTF8.GetBytes(secret);
        Add(raw, "as it is");
        Add(Convert.ToHexString(raw), "in hexadecimal");
        Add(Convert.ToHexStringLower(raw), "in hexadecimal");
        Add(Uri.EscapeDataString(secret), "escaped as in a URL");
        Add(JsonEncodedText.Encode(secret).ToString(), "escaped as in JSON");
        var escaped = JsonEncodedText.Encode(secret, JavaScriptEncoder.UnsafeRelaxedJsonEscaping);
        Add(escaped.ToString(), "escaped as in JSON");
        for (var offset = 0; offset < 3; offset++)
        {
            // In base64 a text reads in three ways, by where it begins; its ends mix with what stands around it.
            var encoded = Convert.ToBase64String([.. new byte[offset], .. raw]);
            var from = offset == 0 ? 0 : 4;
            Add(encoded[from..(encoded.Length - 4)], "in base64");
        }
    }

    private void Add(string trace, string form) => Add(Encoding.UTF8.GetBytes(trace), form);

    private void Add(byte[] trace, string form)
    {
        if (trace.Length > 0)
            _traces.Add((trace, form));
    }
}
