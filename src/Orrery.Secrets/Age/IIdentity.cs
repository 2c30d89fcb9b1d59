namespace Orrery.Secrets.Age;

/// <summary>The private half of a key pair of age's own: what <c>age-keygen</c> writes.</summary>
public interface IIdentity : IKeyHolder
{
    /// <summary>The secret text, <c>AGE-SECRET-KEY-1…</c>: for the one file that keeps it.</summary>
    string Export();
}
