namespace Orrery.Rehearsal.Checkers;

/// <summary>The ten promises that every rehearsal checks, in the order in which they are reported.</summary>
public sealed class Invariants
{
    public Invariant SecondUp { get; } = new("second-up-changes-nothing");

    public Invariant Destroy { get; } = new("destroy-leaves-only-protected");

    public Invariant ProtectedData { get; } = new("protected-data-survives");

    public Invariant Secrets { get; } = new("secrets-still-decrypt");

    public Invariant Certificates { get; } = new("no-certificate-reordered");

    public Invariant Order { get; } = new("order-respects-edges");

    public Invariant Leaks { get; } = new("no-secret-in-output");

    public Invariant Planning { get; } = new("planning-writes-nothing");

    public Invariant OneWriter { get; } = new("one-writer");

    public Invariant Addresses { get; } = new("ip-addresses-unique");

    public IReadOnlyList<Invariant> All =>
    [
        SecondUp, Destroy, ProtectedData, Secrets, Certificates, Order, Leaks, Planning, OneWriter, Addresses,
    ];
}

/// <summary>One promise: how often it was really compared, and what broke it.</summary>
public sealed class Invariant(string name)
{
    private const int BreachesShown = 8;
    private readonly List<string> _breaches = [];

    public string Name { get; } = name;

    public bool Holds => _breaches.Count == 0;

    public int Checked { get; private set; }

    /// <summary>The first few things that broke it.</summary>
    public IReadOnlyList<string> Breaches => _breaches;

    public void Check(bool holds, Func<string> breach)
    {
        Checked++;
        if (!holds && _breaches.Count < BreachesShown)
            _breaches.Add(breach());
    }
}
