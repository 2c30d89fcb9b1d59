using Orrery.Rehearsal.Reports;
using Orrery.Rehearsal.Scenarios;
using Orrery.Simulation.Time;

namespace Orrery.Rehearsal.Crashes;

/// <summary>Plays rehearsals one after the other in this process, whose thread pool must have one worker.</summary>
public static class Rehearsals
{
    public static async Task<(RehearsalReport Report, Play Play)> PlayAsync(RehearsalOptions options)
    {
        var play = new Play(options);
        RehearsalReport? report = null;
        await new DeterministicHost(play.Stage.Clock).RunAsync(async () => report = await play.RunAsync());
        return (report ?? throw new InvalidOperationException("the rehearsal ended without a report"), play);
    }
}
