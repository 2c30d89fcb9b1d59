using Orrery.Simulation.Hetzner.Routes;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation;

public sealed class HetznerContractTests
{
    [ContractFact]
    public void Every_route_of_the_simulated_cloud_keeps_to_the_contract()
    {
        var contract = OpenApiContract.Hetzner();
        foreach (var (request, reply) in HetznerTour.Run().Said)
            contract.Check(request, reply);
        contract.Report.ShouldBeClean();
    }

    [ContractFact]
    public void Every_route_of_the_simulated_cloud_is_in_the_contract()
    {
        var operations = OpenApiContract.Hetzner().Operations.ToHashSet();
        RouteTable.All.Select(route => $"{route.Method} {route.Template}").Where(route => !operations.Contains(route))
            .ShouldBeEmpty();
    }

    [Fact]
    public void The_tour_calls_every_route()
    {
        var called = HetznerTour.Run().Said
            .Select(said => RouteTable.Find(new() { Method = said.Request.Method, Path = said.Request.Path }).Route)
            .ToHashSet();
        RouteTable.All.Where(route => !called.Contains(route)).Select(route => $"{route.Method} {route.Template}")
            .ShouldBeEmpty();
    }
}
