using Orrery.Providers.GitHub;

namespace Orrery.Tests.Providers.GitHub;

public class GitHubNameTests
{
    [Theory]
    [InlineData("https://github.com/octocat/platform", "octocat/platform")]
    [InlineData("https://github.com/octocat/platform.git", "octocat/platform")]
    [InlineData("git@github.com:octocat/platform.git", "octocat/platform")]
    [InlineData("ssh://git@github.com/octocat/platform.git", "octocat/platform")]
    [InlineData("https://gitlab.com/octocat/platform", null)]
    [InlineData("https://github.com.example.org/octocat/platform", null)]
    [InlineData("https://github.com/octocat", null)]
    [InlineData("https://github.com/octocat/..", null)]
    [InlineData("file:///srv/platform.git", null)]
    public void A_repository_at_GitHub_is_known_by_its_url(string url, string? expected) =>
        $"{GitHubName.Of(url)}".ShouldBe(expected ?? "");
}
