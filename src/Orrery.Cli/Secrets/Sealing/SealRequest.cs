using System.Text;
using Orrery.Cli.Composition;
using Orrery.Model.Documents;
using Orrery.Model.Values;
using Orrery.Secrets.SealedSecrets;

namespace Orrery.Cli.Secrets.Sealing;

/// <summary>What is to be sealed, for whom, and where it goes.</summary>
internal sealed record SealRequest
{
    /// <summary>A Secret, or with <see cref="Key"/> a value; - for standard input.</summary>
    public required string File { get; init; }

    /// <summary>As given; null for what the Secret says.</summary>
    public string? Scope { get; init; }

    public string? Name { get; init; }

    public string? Namespace { get; init; }

    /// <summary>The input is the value of this key.</summary>
    public string? Key { get; init; }

    /// <summary>The input is a value, and the output nothing else.</summary>
    public bool IsRaw { get; init; }

    public string? MergeInto { get; init; }

    public required SealingCertificate Certificate { get; init; }

    public int Run(Host host)
    {
        var input = SecretFile.Read(host, File, null);
        if (IsRaw)
        {
            host.Screen.Print(SealedSecret.Seal(
                input.Bytes, ScopeFor(Scope ?? "strict", Name, Namespace), Certificate, host.KeyRandom));
            return ExitCode.Done;
        }

        if (MergeInto is not null)
            return Merge(host, input);
        var secret = Named(Key is null ? ReadSecret(input) : Value.MapOf(
            ("apiVersion", "v1"), ("kind", "Secret"), ("data", Value.MapOf(
                (Key, Convert.ToBase64String(input.Bytes))))));
        var metadata = (Value.Map)secret["metadata"];
        var scope = ScopeFor(
            Scope ?? SecretSealing.ScopeOf(secret), metadata["name"].AsText(), metadata["namespace"].AsText());
        if (Try(input.Shown, () => SecretSealing.ValuesOf(secret)).Count == 0)
            throw Refused($"'{input.Shown}' has no values.");
        host.Screen.Print(YamlText.Write(SecretSealing.Seal(secret, scope, Certificate, host.KeyRandom)));
        return ExitCode.Done;
    }

    private int Merge(Host host, SecretFile input)
    {
        var target = SecretFile.Read(host, MergeInto!, null);
        var values = Key is not null
            ? [KeyValuePair.Create(Key, input.Bytes)]
            : Try(input.Shown, () => SecretSealing.ValuesOf(ReadSecret(input)));
        try
        {
            var manifest = SealedManifest.Read(target.Path, Encoding.UTF8.GetString(target.Bytes));
            if (manifest.Objects is not [var sealedSecret, ..])
                throw new SealedSecretException(SealedSecretFailure.Malformed, "it has no SealedSecret");
            EnsureSame(sealedSecret, Key is null ? ReadSecret(input) : Value.Map.Empty);
            foreach (var (key, plain) in values)
            {
                manifest = manifest.Again(manifest.With(
                    key, SealedSecret.Seal(plain, sealedSecret.Scope, Certificate, host.KeyRandom)));
            }

            target.Replace(Encoding.UTF8.GetBytes(manifest.Text));
        }
        catch (SealedSecretException exception)
        {
            throw new SecretRefusal(SealCodes.NoMerge.At(null, $"'{target.Shown}': {exception.Message}."));
        }

        host.Screen.Print($"{target.Shown}: {string.Join(", ", values.Select(value => value.Key))} sealed\n");
        return ExitCode.Done;
    }

    /// <summary>What is said of name, namespace and scope must be what the file has.</summary>
    private void EnsureSame(SealedObject there, Value.Map secret)
    {
        var metadata = secret["metadata"] as Value.Map ?? Value.Map.Empty;
        var differs = (Name ?? metadata["name"].AsText() ?? there.Name) != there.Name ? there.Name
            : (Namespace ?? metadata["namespace"].AsText() ?? there.Namespace) != there.Namespace ? there.Namespace
            : (Scope ?? there.Scope.Kind) != there.Scope.Kind ? $"scope {there.Scope.Kind}"
            : null;
        if (differs is not null)
            throw new SealedSecretException(SealedSecretFailure.Malformed, $"it is for {differs}, and not for another");
    }

    private static Value.Map ReadSecret(SecretFile input) => Try(input.Shown, () =>
        YamlDocuments.Read(Encoding.UTF8.GetString(input.Bytes)) is [Value.Map secret]
            && secret["kind"] is Value.Text { Of: "Secret" }
            ? secret
            : throw new FormatException("it is not one document of kind Secret"));

    /// <summary>With the name and namespace that were given, where the Secret has none.</summary>
    private Value.Map Named(Value.Map secret)
    {
        var metadata = secret["metadata"] as Value.Map ?? Value.Map.Empty;
        foreach (var (field, given) in new[] { ("name", Name), ("namespace", Namespace) })
        {
            if (given is null)
                continue;
            if ((metadata[field].AsText() ?? given) != given)
                throw Refused($"The Secret has another {field} than '{given}'.");
            metadata = new Value.Map(metadata.Fields.With(field, given));
        }

        return new Value.Map(secret.Fields.With("metadata", metadata));
    }

    private static SealingScope ScopeFor(string scope, string? name, string? space)
    {
        if (scope != "cluster-wide" && string.IsNullOrEmpty(space))
            throw Refused($"The scope {scope} needs a namespace.");
        if (scope == "strict" && string.IsNullOrEmpty(name))
            throw Refused("The scope strict needs a name.");
        return SealingScope.Of(scope, space ?? "", name ?? "");
    }

    private static T Try<T>(string shown, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (FormatException exception)
        {
            // The reader of YAML may quote what it read.
            var why = exception.InnerException is null ? exception.Message.TrimEnd('.') : "it is no YAML";
            throw Refused($"'{shown}': {why}.");
        }
    }

    private static SecretRefusal Refused(string why) => new(SealCodes.NoSecret.At(null, why));
}
