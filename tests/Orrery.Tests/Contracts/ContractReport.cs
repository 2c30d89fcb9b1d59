namespace Orrery.Tests.Contracts;

/// <summary>What the validator found: where the wire differs from the contract, and where it could not tell.</summary>
internal sealed class ContractReport
{
    public int Exchanges { get; set; }

    /// <summary>How many values were held against a schema.</summary>
    public int Checked { get; set; }

    public List<string> Violations { get; } = [];

    /// <summary>Schema words and formats that the validator does not know.</summary>
    public List<string> Unchecked { get; } = [];

    public void ShouldBeClean()
    {
        Violations.ShouldBeEmpty();
        Unchecked.ShouldBeEmpty();
        Exchanges.ShouldBeGreaterThan(0);
        Checked.ShouldBeGreaterThan(0);
    }
}
