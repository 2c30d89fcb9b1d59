using Orrery.Engine.Ports;

namespace Orrery.Providers.Keys;

/// <summary>Somebody who makes up tokens and shows each one once: it is then kept like a key of our making.</summary>
public interface ITokenIssuer
{
    /// <summary>
    /// Makes a token, and the user with its role before it. One of this name that an earlier run was given and did not
    /// keep is worth nothing, and goes.
    /// </summary>
    Task<IssuedToken> IssueAsync(TokenRequest request, OperationContext operation, CancellationToken cancellation);

    /// <summary>Makes it worthless; nothing where it is gone already.</summary>
    /// <param name="id">As <see cref="IssuedToken.Id"/>.</param>
    Task RevokeAsync(string id, OperationContext operation, CancellationToken cancellation);
}

/// <summary>What is asked of an issuer.</summary>
/// <param name="User">As the declaration calls it: <c>provisioner</c>.</param>
/// <param name="Role">What it may do: <c>provisioner</c>, <c>csi</c>.</param>
/// <param name="Name">Of the token; of its user alone.</param>
/// <param name="Owner">Whose it is: <c>ducktape-0a1b2c3d</c>.</param>
public sealed record TokenRequest(string User, string Role, string Name, string Owner);

/// <summary>A token and its secret, which <c>ToString</c> does not show.</summary>
/// <param name="Id"><c>user@realm!name</c>.</param>
public sealed record IssuedToken(string Id, string Secret)
{
    public override string ToString() => Id;
}
