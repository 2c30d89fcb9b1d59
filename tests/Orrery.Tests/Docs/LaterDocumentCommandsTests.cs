namespace Orrery.Tests.Docs;

/// <summary>The second half of the guides, at the same time as the first: a class is a row of its own.</summary>
public sealed class LaterDocumentCommandsTests
{
    public static TheoryData<string> Documents => [.. DocumentCommandsTests.Named(isLater: true)];

    [Theory]
    [MemberData(nameof(Documents))]
    public Task Every_command_of_a_document_works(string path) => DocumentCommandsTests.FollowAsync(path);
}
