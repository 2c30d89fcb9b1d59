using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Orrery.Model.Values;

namespace Orrery.Simulation.Machines.Network;

/// <summary>
/// Something that can be fetched. A stand-in has few bytes of its own and stands for a file of a size and a digest.
/// </summary>
/// <param name="Content">What a machine gets.</param>
/// <param name="SizeBytes">What it stands for: the time that it takes, and the room.</param>
/// <param name="Sha256">The digest of what it stands for, in lower-case hexadecimal.</param>
public sealed record Artefact(ReadOnlyMemory<byte> Content, long SizeBytes, string Sha256);

/// <summary>
/// The part of the internet that machines fetch from: releases of K3s and of k9s, and what is added. Digests are those
/// that were published where the world is told them, and made up from the address otherwise.
/// </summary>
public sealed partial class SimulatedWeb
{
    // As of v1.34; k3s is about 70 MB, its images about 190 MB as zstd and 210 MB as gzip: sizes on the release page.
    private const long K3sBytes = 70_000_000;
    private const long ImagesBytes = 200_000_000;
    private const long K9sBytes = 40_000_000;
    private const long ScriptBytes = 40_000;

    private static readonly string[] KnownHosts =
        ["get.k3s.io", "github.com", "raw.githubusercontent.com", "update.k3s.io"];

    private readonly Dictionary<string, Artefact> _added = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Artefact> _standIns = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _digests = new(StringComparer.Ordinal);

    /// <summary>The version that the stable channel gives to who names none.</summary>
    public string LatestK3s { get; set; } = "v1.34.3+k3s3";

    /// <summary>Something at an address of its own.</summary>
    public void Add(string url, Artefact artefact)
    {
        _added[url] = artefact;
        Register(artefact);
    }

    /// <summary>Says the digest that was published for what stands at an address.</summary>
    public void Publish(string url, string sha256) => _digests[Uri.UnescapeDataString(url)] = sha256;

    /// <summary>Says the digest that was published for each of several addresses.</summary>
    public void Publish(ValueMap<string> digests)
    {
        foreach (var (url, sha256) in digests)
            Publish(url, sha256);
    }

    /// <summary>What stands at an address, or null.</summary>
    public Artefact? Find(string url)
    {
        if (_added.GetValueOrDefault(url) is { } added)
            return added;
        var artefact = Release(Uri.UnescapeDataString(url));
        if (artefact is not null)
            Register(artefact);
        return artefact;
    }

    /// <summary>There is a server of that name.</summary>
    public bool KnowsHost(string host) => KnownHosts.Contains(host)
        || _added.Keys.Any(url => Uri.TryCreate(url, UriKind.Absolute, out var known) && known.Host == host);

    /// <summary>The digest of a file: that of what it stands for where it is a stand-in.</summary>
    public string Sha256Of(ReadOnlySpan<byte> content)
    {
        var own = Hex(content);
        return _standIns.GetValueOrDefault(own)?.Sha256 ?? own;
    }

    /// <summary>The size of a file: that of what it stands for where it is a stand-in.</summary>
    public long SizeOf(ReadOnlySpan<byte> content) =>
        content.StartsWith("#!simulated"u8) && _standIns.GetValueOrDefault(Hex(content)) is { } artefact
            ? artefact.SizeBytes
            : content.Length;

    private void Register(Artefact artefact) => _standIns[Hex(artefact.Content.Span)] = artefact;

    private static string Hex(ReadOnlySpan<byte> content) => Convert.ToHexStringLower(SHA256.HashData(content));

    private Artefact? Release(string url)
    {
        if (url.TrimEnd('/') == "https://get.k3s.io" || K3sScript().IsMatch(url))
            return StandIn(url, $"#!simulated-program k3s-install {url}\n", ScriptBytes);
        if (url.StartsWith("https://update.k3s.io/v1-release/channels/", StringComparison.Ordinal))
            return Plain(LatestK3s);
        if (K3sLatest().Match(url) is { Success: true } latest)
            return K3s(url, LatestK3s, latest.Groups[1].Value);
        if (K3sRelease().Match(url) is { Success: true } release)
            return K3s(url, release.Groups[1].Value, release.Groups[2].Value);
        return K9sRelease().Match(url) is { Success: true } k9s ? K9s(url, k9s.Groups[1].Value, k9s.Groups[2].Value)
            : null;
    }

    private Artefact? K3s(string url, string version, string asset)
    {
        var start = url[..^asset.Length];
        return asset switch
        {
            "k3s" => StandIn(url, $"#!simulated-program k3s {version}\n", K3sBytes),
            "k3s-arm64" => StandIn(url, $"#!simulated-program k3s {version} arm64\n", K3sBytes),
            "k3s-airgap-images-amd64.tar.zst" or "k3s-airgap-images-amd64.tar.gz" or "k3s-airgap-images-amd64.tar"
                or "k3s-airgap-images-arm64.tar.zst" =>
                    StandIn(url, $"#!simulated-images k3s {version} {asset}\n", ImagesBytes),
            "sha256sum-amd64.txt" => Plain(Sums(start,
                "k3s", "k3s-airgap-images-amd64.tar", "k3s-airgap-images-amd64.tar.gz",
                    "k3s-airgap-images-amd64.tar.zst")),
            "sha256sum-arm64.txt" => Plain(Sums(start, "k3s-arm64", "k3s-airgap-images-arm64.tar.zst")),
            _ => null,
        };
    }

    private Artefact? K9s(string url, string version, string asset) => asset switch
    {
        "k9s_Linux_amd64.tar.gz" => StandIn(url, "#!simulated-archive\n"
            + $"k9s 755 {Encoded($"#!simulated-program k9s {version}\n")}\nLICENSE 644 {Encoded("Apache License\n")}\n",
                K9sBytes),
        "k9s_linux_amd64.deb" => StandIn(url,
            $"#!simulated-package k9s\n/usr/bin/k9s 755 {Encoded($"#!simulated-program k9s {version}\n")}\n", K9sBytes),
        "checksums.sha256" => Plain(Sums(url[..^asset.Length], "k9s_Linux_amd64.tar.gz", "k9s_linux_amd64.deb")),
        _ => null,
    };

    private string Sums(string start, params ReadOnlySpan<string> assets)
    {
        var text = new StringBuilder();
        foreach (var asset in assets)
            text.Append(CultureInfo.InvariantCulture, $"{DigestOf(start + asset)}  {asset}\n");
        return text.ToString();
    }

    private string DigestOf(string url) => _digests.GetValueOrDefault(url) ?? Hex(Encoding.UTF8.GetBytes(url));

    private Artefact StandIn(string url, string content, long size) =>
        new(Encoding.UTF8.GetBytes(content), size, DigestOf(url));

    private static Artefact Plain(string text)
    {
        var content = Encoding.UTF8.GetBytes(text);
        return new Artefact(content, content.Length, Hex(content));
    }

    private static string Encoded(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    [GeneratedRegex(@"^https://github\.com/k3s-io/k3s/releases/download/(?<a>v1\.\d+\.\d+\+k3s\d+)/(?<b>[^/]+)$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex K3sRelease();

    [GeneratedRegex(@"^https://github\.com/k3s-io/k3s/releases/latest/download/(?<a>[^/]+)$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex K3sLatest();

    [GeneratedRegex(@"^https://raw\.githubusercontent\.com/k3s-io/k3s/[^/]+/install\.sh$", RegexOptions.ExplicitCapture,
        1000)]
    private static partial Regex K3sScript();

    [GeneratedRegex(@"^https://github\.com/derailed/k9s/releases/download/(?<a>v\d+\.\d+\.\d+)/(?<b>[^/]+)$",
        RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex K9sRelease();
}
