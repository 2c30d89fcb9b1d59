using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Orrery.Providers.Proxmox;

/// <summary>A request's parameters, in the order in which they were added.</summary>
internal sealed class Parameters
{
    private readonly List<KeyValuePair<string, string>> _entries = [];

    public int Count => _entries.Count;

    /// <summary>Leaves out what is null.</summary>
    public Parameters With(string name, string? value)
    {
        if (value is not null)
            _entries.Add(KeyValuePair.Create(name, value));
        return this;
    }

    public Parameters With(string name, long? value) =>
        With(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>As Proxmox VE writes booleans: 1 or 0.</summary>
    public Parameters With(string name, bool value) => With(name, value ? "1" : "0");

    public string ToQuery() =>
        string.Join('&', _entries.Select(entry => $"{entry.Key}={Uri.EscapeDataString(entry.Value)}"));

    /// <summary>Bytes at hand, so that the chain can send them again.</summary>
    public HttpContent ToContent() => new FormUrlEncodedContent(_entries);

    /// <summary>
    /// The same with a file, as a browser's form sends it. The boundary follows from the file's name: chance is not
    /// needed, as no field holds such a line.
    /// </summary>
    public HttpContent ToContent(string fileName, ReadOnlyMemory<byte> file)
    {
        var boundary = $"orrery-{fileName}-boundary";
        var body = new MemoryStream();
        foreach (var (name, value) in _entries)
            Write($"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        Write($"--{boundary}\r\nContent-Disposition: form-data; name=\"filename\"; filename=\"{fileName}\"\r\n"
            + "Content-Type: application/octet-stream\r\n\r\n");
        body.Write(file.Span);
        Write($"\r\n--{boundary}--\r\n");
        var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("multipart/form-data");
        content.Headers.ContentType.Parameters.Add(new NameValueHeaderValue("boundary", $"\"{boundary}\""));
        return content;

        void Write(string text) => body.Write(Encoding.UTF8.GetBytes(text));
    }
}
