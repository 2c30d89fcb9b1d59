namespace Orrery.Tests.Contracts;

/// <summary>
/// The vendors' contracts and test vectors, which are not part of the project: <c>ORRERY_CONTRACTS</c>, or
/// <c>shared/contracts</c> beside the checkout.
/// </summary>
internal static class ContractFolder
{
    public static string RepositoryRoot { get; } = FindRoot();

    public static string? Path { get; } = Find();

    /// <summary>In CI the contracts must be there: nothing is skipped.</summary>
    public static string? SkipReason =>
        Path is not null || Environment.GetEnvironmentVariable("CI") == "true"
            ? null
            : "the contracts folder is missing: set ORRERY_CONTRACTS";

    public static string Of(params string[] parts) =>
        System.IO.Path.Combine([Path ?? throw new DirectoryNotFoundException("set ORRERY_CONTRACTS"), .. parts]);

    private static string? Find()
    {
        var named = Environment.GetEnvironmentVariable("ORRERY_CONTRACTS");
        var path = named ?? System.IO.Path.Combine(RepositoryRoot, "..", "shared", "contracts");
        return Directory.Exists(path) ? System.IO.Path.GetFullPath(path) : null;
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Orrery.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new DirectoryNotFoundException("no Orrery.slnx above the test assembly");
    }
}

/// <summary>A fact that needs the contracts folder.</summary>
internal sealed class ContractFactAttribute : FactAttribute
{
    public ContractFactAttribute() => Skip = ContractFolder.SkipReason;
}

/// <summary>A theory that needs the contracts folder.</summary>
internal sealed class ContractTheoryAttribute : TheoryAttribute
{
    public ContractTheoryAttribute() => Skip = ContractFolder.SkipReason;
}
