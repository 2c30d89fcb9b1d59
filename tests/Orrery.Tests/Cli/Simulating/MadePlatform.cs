using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli.Simulating;

/// <summary>A platform that <c>orrery up</c> made over the sockets; one for all tests that only look at it.</summary>
[CollectionDefinition(nameof(MadePlatform))]
public sealed class MadePlatform : IAsyncLifetime, ICollectionFixture<MadePlatform>
{
    private ServedPlatform? _served;

    internal ServedPlatform Served => _served.ShouldNotBeNull();

    public async Task InitializeAsync()
    {
        _served = await ServedPlatform.StartAsync();
        var up = await _served.OrreryAsync("up", "site", "--yes");
        up.Code.ShouldBe(0, up.Error);
        await Eventually.HoldsAsync(() => _served.Variable("KUBECONFIG") is not null, "a cluster is told of");
    }

    public async Task DisposeAsync()
    {
        if (_served is not null)
            await _served.DisposeAsync();
    }
}
