namespace Orrery.Model.Platforms;

/// <summary>Where a secret is found: never the secret itself. Written <c>{ env: NAME }</c> and the like.</summary>
public abstract record SecretReference
{
    private SecretReference()
    {
    }

    public sealed record Env(string Name) : SecretReference
    {
        public override string ToString() => $"env: {Name}";
    }

    /// <param name="Path">Relative to the declaration's folder.</param>
    public sealed record File(string Path) : SecretReference
    {
        public override string ToString() => $"file: {Path}";
    }

    /// <param name="Path">A SOPS document, relative to the declaration's folder.</param>
    /// <param name="Key">The value's key in it; dots go down.</param>
    public sealed record Sops(string Path, string Key) : SecretReference
    {
        public override string ToString() => $"sops: {Path}#{Key}";
    }

    public sealed record Vault(string Path, string Key) : SecretReference
    {
        public override string ToString() => $"vault: {Path}#{Key}";
    }
}
