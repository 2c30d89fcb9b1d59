using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Orrery.Model.Values;

namespace Orrery.Simulation.Edge;

/// <summary>A machine of a tailnet.</summary>
/// <param name="Id">Headscale's.</param>
/// <param name="Name">As it calls itself.</param>
/// <param name="User">Whose it is.</param>
/// <param name="Host">The machine itself.</param>
public sealed record TailnetMember(int Id, string Name, string User, string Host)
{
    /// <summary>It talks to Headscale.</summary>
    public bool IsOnline { get; internal set; } = true;

    /// <summary>Networks that it says are reached through it.</summary>
    public ValueList<string> Offered { get; internal set; } = [];

    /// <summary>Those of which Headscale's people said that others may use them.</summary>
    public ValueList<string> Approved { get; internal set; } = [];

    /// <summary>It uses what others offer.</summary>
    public bool AcceptsRoutes { get; internal set; }
}

/// <summary>What one Headscale knows: users, keys for machines, and the machines: https://headscale.net.</summary>
/// <param name="seed">All chance comes of it.</param>
/// <param name="now">The time.</param>
/// <param name="url">Where machines log in; empty where nobody says another one.</param>
public sealed class Tailnet(ulong seed, Func<TimeSpan> now, string url = "")
{
    private readonly List<string> _users = [];
    private readonly List<Key> _keys = [];
    private readonly List<TailnetMember> _members = [];
    private int _ever;

    /// <summary>By when they joined.</summary>
    public IReadOnlyList<TailnetMember> Members => _members;

    /// <summary>Keys that open the door to one more machine at this moment.</summary>
    public IEnumerable<string> OpenKeys => _keys.Where(key => !key.IsUsed && now() < key.Until).Select(key => key.Text);

    /// <summary>
    /// Whether one machine reaches an address behind another: both are online, one offers it, Headscale approves, and
    /// the other one accepts.
    /// </summary>
    public bool Reaches(string host, string address) =>
        _members.Any(member => member.Host == host && member is { IsOnline: true, AcceptsRoutes: true })
        && IPAddress.TryParse(address, out var target)
        && _members.Any(member => member.IsOnline && member.Host != host && member.Approved
            .Where(member.Offered.Contains).Any(route => IPNetwork.Parse(route).Contains(target)));

    /// <summary>By id, from 1 on.</summary>
    internal IReadOnlyList<string> Users => _users;

    /// <summary>False where the name is taken.</summary>
    internal bool AddUser(string name)
    {
        if (_users.Contains(name))
            return false;
        _users.Add(name);
        return true;
    }

    /// <summary>A key for one machine; null where there is no such user.</summary>
    internal string? MakeKey(int user, TimeSpan life)
    {
        if (user < 1 || user > _users.Count)
            return null;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{seed} node key {_keys.Count}")));
        var key = new Key(Convert.ToHexStringLower(hash.AsSpan(0, 24)), _users[user - 1], now() + life);
        _keys.Add(key);
        return key.Text;
    }

    /// <summary>Lets a machine in by a key; what Headscale says where it does not.</summary>
    /// <param name="server">Where it asks; null for Tailscale's own service, which knows nobody of us.</param>
    internal string? Join(string host, string name, string key, string? server)
    {
        if (url.Length > 0 && server?.TrimEnd('/') != url.TrimEnd('/'))
            return $"unable to validate API key at {server ?? "https://controlplane.tailscale.com"}";
        if (_keys.FirstOrDefault(each => each.Text == key) is not { } found)
            return "AuthKey not found";
        if (now() >= found.Until)
            return "authkey expired";
        if (found.IsUsed)
            return "authkey already used";
        found.IsUsed = true;
        _members.RemoveAll(member => member.Host == host);
        _members.Add(new TailnetMember(++_ever, name, found.User, host));
        return null;
    }

    internal TailnetMember? Find(string host) => _members.Find(member => member.Host == host);

    internal bool Remove(int id) => _members.RemoveAll(member => member.Id == id) > 0;

    private sealed class Key(string text, string user, TimeSpan until)
    {
        public string Text => text;

        public string User => user;

        public TimeSpan Until => until;

        public bool IsUsed { get; set; }
    }
}
