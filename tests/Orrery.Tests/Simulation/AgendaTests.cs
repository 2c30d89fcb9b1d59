using Orrery.Simulation.Worlds;

namespace Orrery.Tests.Simulation;

/// <summary>What worlds will do happens in its order, and a month at rest costs little.</summary>
public sealed class AgendaTests
{
    [Fact]
    public void Who_only_looks_for_news_looks_once_at_the_end_of_a_rest_and_all_else_happens_in_time()
    {
        var agenda = new Agenda();
        var (looks, happened) = (new List<double>(), new List<double>());
        agenda.Poll(TimeSpan.FromMinutes(1), Look);
        agenda.After(TimeSpan.FromDays(30), () => happened.Add(agenda.Now.TotalDays));
        agenda.AdvanceTo(TimeSpan.FromSeconds(150));
        looks.ShouldBe([1.0, 2.0]);

        agenda.RestUntil(TimeSpan.FromDays(31));
        agenda.AdvanceTo(TimeSpan.FromDays(31));
        happened.ShouldBe([30.0]);
        looks.Skip(2).ShouldBe([TimeSpan.FromDays(31).TotalMinutes]);

        agenda.AdvanceTo(TimeSpan.FromDays(31) + TimeSpan.FromMinutes(2));
        looks.Count.ShouldBe(5);

        void Look()
        {
            looks.Add(agenda.Now.TotalMinutes);
            agenda.Poll(TimeSpan.FromMinutes(1), Look);
        }
    }
}
