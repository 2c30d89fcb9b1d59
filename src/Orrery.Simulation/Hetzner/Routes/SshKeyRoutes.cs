using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Orrery.Model.Values;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary><c>/ssh_keys</c></summary>
internal static class SshKeyRoutes
{
    public static IReadOnlyList<Route> All { get; } =
    [
        new("GET", "/ssh_keys", List),
        new("POST", "/ssh_keys", Create),
        new("GET", "/ssh_keys/{id}", exchange => One(exchange, exchange.Target(exchange.Project.SshKeys))),
        new("PUT", "/ssh_keys/{id}", Update),
        new("DELETE", "/ssh_keys/{id}", Delete),
    ];

    /// <summary>The fingerprint of a key as in <c>authorized_keys</c>; null when it is not one.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The vendor's fingerprints are MD5.")]
    public static string? Fingerprint(string publicKey)
    {
        var parts = publicKey.Trim().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length < 2 || !IsAlgorithm(parts[0]))
            return null;
        var blob = new byte[parts[1].Length];
        if (!Convert.TryFromBase64String(parts[1], blob, out var length) || length == 0)
            return null;
        return string.Join(':', MD5.HashData(blob.AsSpan(0, length)).Select(value => value.ToString("x2", null)));
    }

    private static bool IsAlgorithm(string name) =>
        name is "ssh-rsa" or "ssh-ed25519" or "sk-ssh-ed25519@openssh.com" or "sk-ecdsa-sha2-nistp256@openssh.com"
        || name.StartsWith("ecdsa-sha2-nistp", StringComparison.Ordinal);

    private static Answer List(Exchange exchange)
    {
        if (exchange.Query.Last("fingerprint") is not { } fingerprint)
        {
            return Listing.Of(exchange, exchange.Project.SshKeys,
                (writer, key) => SshKeyDocument.Write(writer, exchange.Project, key));
        }

        return Listing.Page(exchange, "ssh_keys",
            exchange.Project.SshKeys.All.Where(key => key.Fingerprint == fingerprint),
            (writer, key) => SshKeyDocument.Write(writer, exchange.Project, key));
    }

    private static Answer Create(Exchange exchange)
    {
        var project = exchange.Project;
        var name = EntityRoutes.NewName(exchange, project.SshKeys);
        var publicKey = exchange.Body.RequiredText("public_key").Trim();
        var fingerprint = Fingerprint(publicKey);
        if (publicKey.Length > 0 && fingerprint is null)
            exchange.Body.Problem("public_key", "is not a valid SSH public key");
        var labels = exchange.Body.Labels() ?? ValueMap<string>.Empty;
        exchange.Body.Check();
        if (project.SshKeys.All.Any(key => key.Fingerprint == fingerprint))
            throw Refusal.NotUnique("SSH key with the same fingerprint already exists", "public_key");
        Exchange.RequireUniqueName(project.SshKeys, name);
        Exchange.RequireRoom(project.SshKeys);
        var made = new SshKey
        {
            Id = project.Identifiers.Next("ssh_key", name),
            Name = name,
            Labels = labels,
            Created = exchange.Now,
            PublicKey = publicKey,
            Fingerprint = fingerprint ?? "",
        };
        project.SshKeys.Add(made);
        return One(exchange, made, 201);
    }

    private static Answer Update(Exchange exchange) =>
        One(exchange, EntityRoutes.Update(exchange, exchange.Project.SshKeys, checkName: null));

    private static Answer Delete(Exchange exchange)
    {
        exchange.Project.SshKeys.Remove(exchange.Target(exchange.Project.SshKeys), exchange.Now);
        return Answer.Empty;
    }

    private static Answer One(Exchange exchange, SshKey key, int status = 200) =>
        EntityRoutes.One("ssh_key", exchange.Project, key, SshKeyDocument.Write, status);
}
