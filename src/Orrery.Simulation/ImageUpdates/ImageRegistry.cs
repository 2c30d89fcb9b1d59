using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Orrery.Simulation.ImageUpdates;

/// <summary>A tag of an image.</summary>
/// <param name="Built">When the image was built, whenever it was pushed.</param>
/// <param name="Digest"><c>sha256:…</c>; another one for each push.</param>
public sealed record ImageTag(string Name, DateTimeOffset Built, string Digest);

/// <summary>All images that can be pulled, by their names with the registry: <c>ghcr.io/example/web</c>.</summary>
public sealed class ImageRegistry
{
    private readonly SortedDictionary<string, SortedDictionary<string, ImageTag>> _images = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _private = new(StringComparer.Ordinal);
    private int _pushes;

    /// <summary>Pushes an image under a tag, in place of what had it.</summary>
    public ImageTag Push(string image, string tag, DateTimeOffset built)
    {
        _pushes++;
        var content = $"{image}:{tag} {_pushes.ToString(CultureInfo.InvariantCulture)}";
        var digest = $"sha256:{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)))}";
        if (!_images.TryGetValue(image, out var tags))
            _images[image] = tags = new SortedDictionary<string, ImageTag>(StringComparer.Ordinal);
        return tags[tag] = new ImageTag(tag, built, digest);
    }

    /// <summary>Images that begin so are shown to this password only. Secret.</summary>
    public void Protect(string prefix, string password) => _private[prefix] = password;

    /// <summary>The tags of an image by name; null where the registry shows it to nobody with this password.</summary>
    public IReadOnlyList<ImageTag>? TagsOf(string image, string? password)
    {
        foreach (var (prefix, wanted) in _private)
        {
            if (image.StartsWith(prefix, StringComparison.Ordinal) && password != wanted)
                return null;
        }

        return _images.TryGetValue(image, out var tags) ? [.. tags.Values] : null;
    }
}
