using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orrery.Model.Values;

namespace Orrery.Engine.State;

/// <summary>
/// The journal's lines: 16 hexadecimal characters of a SHA-256 over the line before and this one's JSON, a space, the
/// JSON. The chain shows a changed, missing or swapped line; a last line that is cut off was never acknowledged and is
/// dropped.
/// </summary>
internal sealed class JournalLines
{
    private const int HashLength = 16;
    private const string Root = "resource:";
    private readonly byte[] _previous;

    // What the hash is over: the line before's, then the JSON. One buffer serves all lines.
    private readonly ArrayBufferWriter<byte> _hashed = new(1024);

    /// <param name="baseSerial">The checkpoint that this journal continues.</param>
    /// <param name="token">The fencing token of its only writer.</param>
    public JournalLines(long baseSerial, long token) =>
        _previous = SHA256.HashData(Encoding.UTF8.GetBytes($"orrery journal 1 {baseSerial} {token}"));

    public void Write(IBufferWriter<byte> output, JournalRecord record, IStateCipher cipher)
    {
        BeginLine();
        using (var json = new Utf8JsonWriter(_hashed))
            Encode(json, record, cipher);
        output.Write(Encoding.ASCII.GetBytes(Chain()));
        output.Write(" "u8);
        output.Write(_hashed.WrittenSpan[SHA256.HashSizeInBytes..]);
        output.Write("\n"u8);
    }

    /// <summary>
    /// All records of a journal, without a torn last line. Throws when a line before the last does not fit.
    /// </summary>
    public List<JournalRecord> ReadAll(ReadOnlyMemory<byte> content, IStateCipher cipher)
    {
        var records = new List<JournalRecord>();
        while (content.Length > 0)
        {
            var end = content.Span.IndexOf((byte)'\n');
            var line = end < 0 ? content : content[..end];
            content = end < 0 ? default : content[(end + 1)..];
            if (!Fits(line.Span))
            {
                // Without its end it was never acknowledged; with it, or with a byte in the place of it, it was.
                if (end < 0 && !Fits(line.Span[..^1]))
                    break;
                throw Damaged(records.Count + 1);
            }

            records.Add(Decode(line[(HashLength + 1)..], cipher));
        }

        return records;
    }

    private void BeginLine()
    {
        _hashed.ResetWrittenCount();
        _hashed.Write(_previous);
    }

    /// <summary>Says whether a line continues the chain; the chain goes on only when it does.</summary>
    private bool Fits(ReadOnlySpan<byte> line)
    {
        if (line.Length <= HashLength || line[HashLength] != (byte)' ')
            return false;
        BeginLine();
        _hashed.Write(line[(HashLength + 1)..]);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(_hashed.WrittenSpan, hash);
        if (Shown(hash) != Encoding.ASCII.GetString(line[..HashLength]))
            return false;
        hash.CopyTo(_previous);
        return true;
    }

    private string Chain()
    {
        SHA256.HashData(_hashed.WrittenSpan, _previous);
        return Shown(_previous);
    }

    private static string Shown(ReadOnlySpan<byte> hash) => Convert.ToHexStringLower(hash[..(HashLength / 2)]);

    private static void Encode(Utf8JsonWriter json, JournalRecord record, IStateCipher cipher)
    {
        using var records = new RecordWriter(cipher, Root);
        json.WriteStartObject();
        switch (record)
        {
            case JournalRecord.Begin begin:
                json.WriteString("begin", begin.Verb);
                json.WriteStartObject("goals");
                foreach (var (address, generation) in begin.Goals)
                    json.WriteNumber(address, generation);
                json.WriteEndObject();
                break;
            case JournalRecord.Put put:
                json.WriteString("about", put.About);
                json.WritePropertyName("resource");
                records.Write(json, put.Resource);
                break;
            case JournalRecord.Forget forget:
                json.WriteString("forget", forget.Address.Text);
                break;
        }

        records.Finish(json);
        json.WriteEndObject();
    }

    private static JournalRecord Decode(ReadOnlyMemory<byte> line, IStateCipher cipher)
    {
        using var document = JsonDocument.Parse(line);
        var json = document.RootElement;
        if (json.TryGetProperty("resource", out var resource))
        {
            var sensitive = SealedValues.Of(json, json, cipher);
            var read = new RecordReader(sensitive, Root).Read(resource);
            sensitive?.Finish();
            return new JournalRecord.Put(json.GetProperty("about").GetString() ?? "", read);
        }

        if (json.TryGetProperty("forget", out var forget))
        {
            Invariant.Check(
                ResourceAddress.TryParse(forget.GetString(), out var address), "the journal names no address");
            return new JournalRecord.Forget(address);
        }

        var goals = json.GetProperty("goals").EnumerateObject()
            .Select(goal => KeyValuePair.Create(goal.Name, goal.Value.GetInt32()));
        return new JournalRecord.Begin(json.GetProperty("begin").GetString() ?? "", ValueMap.From(goals));
    }

    private static StateException Damaged(int line) => new(
        StateCodes.JournalDamaged,
        $"the journal is damaged at line {line}",
        "keep a copy of the .orrery folder, then restore the last good version: orrery state restore DIR SERIAL");
}
