using Orrery.Cli.Secrets;
using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Values;

namespace Orrery.Cli.Composition;

/// <summary>The values behind references, looked up once, before anything is planned. Never printed.</summary>
internal sealed class FoundSecrets : ISecretValues
{
    /// <summary>No key or token is longer; a larger file is another one than meant.</summary>
    private const int BytesMax = 64 * 1024;

    private readonly Dictionary<SecretReference, string> _values = [];

    /// <summary>Looks all of them up; those that lead nowhere are told together.</summary>
    public static Diagnosed<FoundSecrets> Find(Host host, Loaded loaded, params IEnumerable<NeededSecret> needed)
    {
        var found = new FoundSecrets();
        var problems = new List<Diagnostic>();
        var documents = new SecretDocuments(host, loaded);
        foreach (var secret in needed)
        {
            var (value, problem) = Look(host, documents, secret);
            if (value is not null)
                found._values[secret.Reference] = value;
            if (problem is not null)
                problems.Add(problem);
        }

        return new Diagnosed<FoundSecrets>(problems.Count == 0 ? found : null, problems.ToValueList());
    }

    public string? Find(SecretReference reference) => _values.GetValueOrDefault(reference);

    private static (string? Value, Diagnostic? Problem) Look(
        Host host, SecretDocuments documents, NeededSecret secret) =>
        secret.Reference switch
        {
            SecretReference.Env env => FromEnvironment(host, env, secret),
            SecretReference.File file => FromFile(documents.PathOf(file.Path), secret),
            SecretReference.Sops sops => documents.Find(sops, secret),
            _ => (null, CliCodes.SecretNotYet.At(
                null,
                $"{Sentence(secret.Purpose)} is referred to as {{ {secret.Reference} }}.",
                ["refer to it as { env: NAME }, { file: path } or { sops: path#key }"])),
        };

    private static (string? Value, Diagnostic? Problem) FromEnvironment(
        Host host, SecretReference.Env env, NeededSecret secret) =>
        host.Environment(env.Name) is { } value && value.Trim().Length > 0
            ? (value.Trim(), null)
            : (null, CliCodes.SecretMissing.At(
                null,
                $"The environment variable {env.Name} is not set. It holds {secret.Purpose}.",
                ["set it:", $"  export {env.Name}=..."]));

    private static (string? Value, Diagnostic? Problem) FromFile(string path, NeededSecret secret)
    {
        try
        {
            if (new FileInfo(path).Length <= BytesMax && File.ReadAllText(path).Trim() is { Length: > 0 } value)
                return (value, null);
            return (null, Missing("is empty, or larger than any key or token"));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return (null, Missing("is not there"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return (null, Missing($"cannot be read: {exception.Message.TrimEnd('.')}"));
        }

        Diagnostic Missing(string what) =>
            CliCodes.SecretMissing.At(null, $"The file '{path}' {what}. It holds {secret.Purpose}.");
    }

    private static string Sentence(string text) => $"{char.ToUpperInvariant(text[0])}{text[1..]}";
}
