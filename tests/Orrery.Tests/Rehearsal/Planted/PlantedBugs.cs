using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Model.Diagnostics;
using Orrery.Model.Platforms;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Rehearsal;
using Orrery.Simulation.Time;

namespace Orrery.Tests.Rehearsal.Planted;

/// <summary>
/// Mistakes that a careless change could make, each planted between the engine and one of its ports. An exploration
/// that does not notice one proves nothing.
/// </summary>
internal static class PlantedBugs
{
    public static Interposed Named(string name) => name switch
    {
        "none" => Interposed.Nothing,
        "none-with-people" => PeoplesApplication.Interposed,
        "state-lost-before-second-up" => Losing("second-up"),
        "state-lost-before-rebuild" => Losing("rebuild"),
        "state-lost-before-destroy" => Losing("destroy"),
        "suspended" => new Interposed { StepBegins = SuspendUp },
        "no-journal-flush" => new Interposed { Files = static (files, _) => new UnflushedFiles(files) },
        "no-adoption" => WithHandlers(static handler => new Blind(handler)),
        "no-lease-check" => new Interposed { Guard = static _ => new Careless(), StepBegins = SuspendUp },
        "no-protect-check" => WithResources(static (resource, _) =>
            resource with { Lifecycle = resource.Lifecycle with { Protect = false } }),
        "second-thoughts" => SecondThoughts(),
        "always-updates" => WithHandlers(static handler => new Restless(handler)),
        "leaves-firewalls" => WithHandlers(static handler => new LeavesFirewalls(handler)),
        "formats-always" => new Interposed { StepBegins = FormatOnDestroy },
        "forgotten-edge" => WithResources(static (resource, _) => resource.Type == "machine/k3s"
            ? resource with { Desired = new Value.Map(resource.Desired.Fields.With("attachments", Value.ListOf([]))) }
            : resource),
        "token-in-user-data" => WithResources(static (resource, token) => resource.Type == "hetzner/server"
            ? resource with { Desired = new Value.Map(resource.Desired.Fields.With("userData", token)) }
            : resource),
        "planning-writes" => new Interposed { Files = static (files, _) => new TouchingFiles(files) },
        "address-given-twice" => new Interposed
        {
            World = static options => options with
            {
                FloatingIps = [.. options.FloatingIps, options.FloatingIps[0] with { Name = "given-twice" }],
            },
        },
        "first-page-only" => Losing("second-up") with
        {
            Wire = static wire => new FirstPageOnly { InnerHandler = wire },
        },
        _ => PlantedDeliveries.Named(name) ?? throw new ArgumentException($"no planted bug '{name}'"),
    };

    /// <summary>Wants a firewall without rules from the second time on.</summary>
    private static Interposed SecondThoughts()
    {
        var isSecond = false;
        return WithResources((resource, _) => isSecond && resource.Type == "hetzner/firewall"
            ? resource with { Desired = new Value.Map(resource.Desired.Fields.With("rules", Value.ListOf([]))) }
            : resource) with
        {
            StepBegins = (_, step) => isSecond = step != "up",
        };
    }

    /// <summary>As a script that makes a file system whether or not there is one.</summary>
    private static void FormatOnDestroy(Orrery.Rehearsal.Stages.Stage stage, string step)
    {
        if (step != "destroy")
            return;
        foreach (var volume in stage.World.Inventory().Where(item => item.Kind == "volumes"))
            stage.Clock.Schedule(TimeSpan.FromSeconds(10), () => stage.Site.DiskOf(volume.Id)?.Format("ext4"));
    }

    private static Interposed Losing(string before) => new()
    {
        StepBegins = (stage, step) =>
        {
            if (step != before)
                return;
            foreach (var name in stage.Disk.Files.Keys.ToArray())
                stage.Disk.Delete(name);
        },
    };

    /// <summary>
    /// A laptop's lid closes on the first run for longer than its lease lasts, and someone else takes over.
    /// </summary>
    private static void SuspendUp(Orrery.Rehearsal.Stages.Stage stage, string step)
    {
        if (step != "up")
            return;
        stage.Clock.Schedule(TimeSpan.FromSeconds(1.7), () =>
        {
            stage.Current?.Pause(TimeSpan.FromSeconds(45));
            stage.Clock.Schedule(TimeSpan.FromSeconds(40), () => TakeOver(stage));
        });
    }

    private static void TakeOver(Orrery.Rehearsal.Stages.Stage stage)
    {
        var now = VirtualClock.Epoch + stage.Clock.Now;
        var taken = $$"""
            {"holder":"a rival","since":"{{now:O}}","expires":"{{now.AddSeconds(30):O}}","token":99}
            """;
        stage.Disk.Put("lease.json", System.Text.Encoding.UTF8.GetBytes(taken));
    }

    /// <summary>Links carry no label and are told by their interface, which must stay as it is.</summary>
    private static Interposed WithHandlers(Func<IResourceHandler, IResourceHandler> around) => new()
    {
        Provider = provider => new Altered(
            provider, static (resource, _) => resource, handler => handler is IIdentifiedByInputs
                || !handler.Kind.Type.StartsWith("hetzner/", StringComparison.Ordinal)
                    ? handler
                    : around(handler)),
    };

    /// <summary>Changes what is wanted, with the cloud's token at hand.</summary>
    /// <param name="searches">Whether clusters are searched for what would be lost with them.</param>
    public static Interposed WithResources(Func<Resource, string, Resource> change, bool searches = false) =>
        new() { Provider = provider => new Altered(provider, change, static handler => handler, searches) };

    private sealed class Altered(
        IProvider inner, Func<Resource, string, Resource> change,
        Func<IResourceHandler, IResourceHandler> around, bool searches = false)
        : IProvider, IUsesOutputs, ICompletesClusters, ISearchesClusters
    {
        public string Name => inner.Name;

        public IReadOnlyList<IResourceHandler> Handlers { get; } = [.. inner.Handlers.Select(around)];

        public IEnumerable<Resource> ResourcesOf(Platform platform, Cluster cluster, ISecretValues secrets)
        {
            var token = secrets.Find(((Infrastructure.Hetzner)cluster.Infrastructure).Token) ?? "";
            return inner.ResourcesOf(platform, cluster, secrets).Select(resource => change(resource, token));
        }

        public void Learn(ResourceAddress address, Value.Map outputs) =>
            (inner as IUsesOutputs)?.Learn(address, outputs);

        public Task<Cluster> CompleteAsync(Cluster cluster, CancellationToken cancellation) =>
            (inner as ICompletesClusters)?.CompleteAsync(cluster, cancellation) ?? Task.FromResult(cluster);

        public ValueList<Diagnostic> ProblemsOf(Cluster complete) =>
            (inner as ICompletesClusters)?.ProblemsOf(complete) ?? [];

        public Task<ValueList<Diagnostic>> SearchAsync(Cluster cluster, CancellationToken cancellation) =>
            searches && inner is ISearchesClusters searching
                ? searching.SearchAsync(cluster, cancellation)
                : Task.FromResult(ValueList<Diagnostic>.Empty);

        public Task<ValueList<Diagnostic>> CheckAsync(
            Platform platform, Cluster cluster, CancellationToken cancellation) =>
            inner.CheckAsync(platform, cluster, cancellation);
    }

    /// <summary>Passes everything on; a bug overrides what it breaks.</summary>
    private class Passing(IResourceHandler inner) : IResourceHandler, IPerformsSteps, IPriced
    {
        public ResourceKind Kind => inner.Kind;

        public virtual async Task<IReadOnlyList<Observed>> ListOwnedAsync(
            string platformId, CancellationToken cancellation) =>
            await inner.ListOwnedAsync(platformId, cancellation);

        public Task<Observed?> ReadAsync(string id, CancellationToken cancellation) =>
            inner.ReadAsync(id, cancellation);

        public virtual Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
            inner.FindExistingAsync(request, cancellation);

        public Task<Observed> CreateAsync(
            CreateRequest request, OperationContext operation, CancellationToken cancellation) =>
            inner.CreateAsync(request, operation, cancellation);

        public Task<Observed> AwaitReadyAsync(string id, OperationContext operation, CancellationToken cancellation) =>
            inner.AwaitReadyAsync(id, operation, cancellation);

        public Task<Observed> UpdateAsync(
            UpdateRequest request, OperationContext operation, CancellationToken cancellation) =>
            inner.UpdateAsync(request, operation, cancellation);

        public virtual Task DeleteAsync(
            DeleteRequest request, OperationContext operation, CancellationToken cancellation) =>
            inner.DeleteAsync(request, operation, cancellation);

        public Task PerformAsync(string step, string id, OperationContext operation, CancellationToken cancellation) =>
            inner is IPerformsSteps steps ? steps.PerformAsync(step, id, operation, cancellation) : Task.CompletedTask;

        public Task<decimal?> PricePerMonthAsync(Value.Map desired, CancellationToken cancellation) =>
            inner is IPriced priced ? priced.PricePerMonthAsync(desired, cancellation) : Task.FromResult<decimal?>(0);
    }

    /// <summary>Looks for nothing that an earlier run may have made.</summary>
    private sealed class Blind(IResourceHandler inner) : Passing(inner)
    {
        public override Task<IReadOnlyList<Observed>> ListOwnedAsync(
            string platformId, CancellationToken cancellation) =>
            Task.FromResult<IReadOnlyList<Observed>>([]);

        public override Task<Observed?> FindExistingAsync(CreateRequest request, CancellationToken cancellation) =>
            request.Desired["ip"] is Value.Null
                ? Task.FromResult<Observed?>(null)
                : base.FindExistingAsync(request, cancellation);
    }

    /// <summary>Reads a firewall's rules wrongly, so that they always seem to differ.</summary>
    private sealed class Restless(IResourceHandler inner) : Passing(inner)
    {
        public override async Task<IReadOnlyList<Observed>> ListOwnedAsync(
            string platformId, CancellationToken cancellation) =>
        [
            .. (await base.ListOwnedAsync(platformId, cancellation)).Select(observed => Kind.Type != "hetzner/firewall"
                ? observed
                : observed with { Properties = new Value.Map(
                    observed.Properties.Fields.With("rules", Value.ListOf([]))) }),
        ];
    }

    private sealed class LeavesFirewalls(IResourceHandler inner) : Passing(inner)
    {
        public override Task DeleteAsync(
            DeleteRequest request, OperationContext operation, CancellationToken cancellation) =>
            Kind.Type == "hetzner/firewall" ? Task.CompletedTask : base.DeleteAsync(request, operation, cancellation);
    }

    /// <summary>Believes that the first page of a list is all of it.</summary>
    private sealed class FirstPageOnly : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            var json = text.StartsWith('{') ? JsonNode.Parse(text) : null;
            if (json?["meta"]?["pagination"] is JsonObject pagination)
                pagination["next_page"] = null;
            response.Content = new StringContent(
                json?.ToJsonString() ?? text, System.Text.Encoding.UTF8, "application/json");
            return response;
        }
    }

    private sealed class Careless : IWriterGuard
    {
        public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation) => Task.CompletedTask;
    }

    /// <summary>
    /// Says that a journal record is on the disk when it is only in memory: a power cut takes it all.
    /// </summary>
    private sealed class UnflushedFiles(IStateFiles inner) : PassingFiles(inner)
    {
        public override Task AppendAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
            Task.CompletedTask;
    }

    /// <summary>Notes each reading on the disk.</summary>
    private sealed class TouchingFiles(IStateFiles inner) : PassingFiles(inner)
    {
        private int _readings;

        public override async Task<StateFile?> ReadAsync(string name, CancellationToken cancellation)
        {
            if (name == "state.json")
                await base.TrySwapAsync($"read-{++_readings}", null, ReadOnlyMemory<byte>.Empty, cancellation);
            return await base.ReadAsync(name, cancellation);
        }
    }

    private class PassingFiles(IStateFiles inner) : IStateFiles
    {
        public virtual Task<StateFile?> ReadAsync(string name, CancellationToken cancellation) =>
            inner.ReadAsync(name, cancellation);

        public virtual Task<string?> TrySwapAsync(
            string name, string? expectedVersion, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
            inner.TrySwapAsync(name, expectedVersion, content, cancellation);

        public virtual Task AppendAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation) =>
            inner.AppendAsync(name, content, cancellation);

        public Task DeleteAsync(string name, CancellationToken cancellation) => inner.DeleteAsync(name, cancellation);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancellation) =>
            inner.ListAsync(prefix, cancellation);
    }
}
