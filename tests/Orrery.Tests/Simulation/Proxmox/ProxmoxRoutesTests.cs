using Orrery.Simulation.Proxmox.Routes;
using Orrery.Simulation.Proxmox.State;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Simulation.Proxmox;

public sealed class ProxmoxRoutesTests
{
    [ContractFact]
    public void Every_route_of_the_simulated_cluster_is_in_the_contract()
    {
        var operations = new PveContract().Operations.ToHashSet();
        RouteTable.All.Select(route => $"{route.Method} {route.Template}").Where(route => !operations.Contains(route))
            .ShouldBeEmpty();
    }

    [ContractFact]
    public void The_privileges_are_those_of_the_contract()
    {
        var text = File.ReadAllText(ContractFolder.Of("proxmox", "pve-apidata-9.1.3.json"));
        foreach (var privilege in Access.Privileges)
            text.ShouldContain($"\"{privilege}\"");
        text.ShouldNotContain("\"VM.Monitor\"");
    }
}
