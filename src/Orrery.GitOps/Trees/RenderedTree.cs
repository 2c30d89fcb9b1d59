using System.Security.Cryptography;
using System.Text;
using Orrery.GitOps.Ordering;
using Orrery.Model.Values;

namespace Orrery.GitOps.Trees;

/// <summary>Everything that Orrery writes into a tree.</summary>
/// <param name="Files">Text by path, with forward slashes.</param>
/// <param name="Orders">The order of the components, by cluster.</param>
public sealed record RenderedTree(ValueMap<string> Files, ValueMap<Order> Orders)
{
    /// <summary>Names every file of ours with its digest, in the form that <c>sha256sum --check</c> reads.</summary>
    public const string ListName = ".orrery-rendered";

    /// <summary>The text of the list.</summary>
    public string List => string.Concat(Files.Select(file => $"{Digest(file.Value)}  {file.Key}\n"));

    internal static string Digest(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
