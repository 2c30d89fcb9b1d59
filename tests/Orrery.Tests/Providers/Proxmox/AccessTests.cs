using Orrery.Engine.Ports;
using Orrery.Model.Plans;
using Orrery.Model.Values;
using Orrery.Providers.Proxmox;
using static Orrery.Tests.Providers.Proxmox.ProxmoxScene;

namespace Orrery.Tests.Providers.Proxmox;

/// <summary>Pools, users, roles, tokens and rules.</summary>
public sealed class AccessTests : IDisposable
{
    private readonly ProxmoxScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void What_a_driver_in_the_cluster_needs_is_made_changed_and_taken_away_again()
    {
        var role = _scene.Make("role", "csi", Role("VM.Audit", "VM.Config.Disk", "Datastore.Allocate"));
        var user = _scene.Make("user", "csi", Value.MapOf(("userid", "csi@pve")));
        var token = _scene.Make("token", "csi", Token("1"));
        var acl = _scene.Make("acl", "csi", Rule());
        _scene.Make("pool", "talos", Value.MapOf(("name", "talos")));
        var changed = _scene.Time.Run(() => _scene.Handler("role").UpdateAsync(
            new UpdateRequest("csi", null, role.Properties, Role("VM.Audit")), _scene.Operation("role", "csi"),
            default));

        user.Owner.ShouldBe(OwnerOf("user", "csi"));
        changed.Properties.ShouldBe(Role("VM.Audit"));
        acl.Properties.ShouldBe(Rule());
        token.Outputs["secret"].ShouldBeOfType<Value.Sensitive>();
        token.Outputs["credential"].AsText().ShouldBe($"csi@pve!csi={token.Outputs["secret"].AsText()}");
        foreach (var (kind, id) in new[] { ("acl", acl.Id), ("token", token.Id), ("user", user.Id), ("role", "csi") })
            _scene.Delete(kind, "csi", id);
        _scene.Delete("pool", "talos", "talos");
        _scene.World.Inventory().Where(item => !item.Preset).ShouldBeEmpty();
        _scene.Contract?.Report.ShouldBeClean();
    }

    [Fact]
    public void A_token_whose_secret_was_lost_on_the_way_is_made_anew()
    {
        _scene.Make("user", "csi", Value.MapOf(("userid", "csi@pve")));
        var lost = 0;
        _scene.Fate = request => request.Method == HttpMethod.Post && lost++ == 0
            ? ProxmoxFate.LosesItsReply
            : ProxmoxFate.Arrives;

        _scene.Refused(() => _scene.Make("token", "csi", Token("1"))).MayHaveHappened.ShouldBeTrue();
        var token = _scene.Make("token", "csi", Token("1"));

        token.Outputs["secret"].AsText()!.Length.ShouldBe(36);
        _scene.World.Inventory().Count(item => item is { Kind: "token", Preset: false }).ShouldBe(1);
    }

    [Fact]
    public void A_token_of_somebody_else_is_left_alone()
    {
        _scene.Make("user", "csi", Value.MapOf(("userid", "csi@pve")));
        _scene.Make("token", "other", Token("1"));

        var refusal = _scene.Refused(() => _scene.Make("token", "csi", Token("1")));

        refusal.Code.ShouldBe(ProviderErrorCode.Foreign);
        refusal.Message.ShouldBe("the token csi@pve!csi is there and not ours: delete it or name another");
    }

    [Fact]
    public void A_privilege_that_is_gone_in_version_9_is_refused_by_name()
    {
        var refusal = _scene.Refused(() => _scene.Make("role", "csi", Role("VM.Audit", "VM.Monitor")));

        refusal.Code.ShouldBe(ProviderErrorCode.Invalid);
        refusal.Message.ShouldContain("invalid privilege 'VM.Monitor'");
    }

    [Fact]
    public void A_token_without_rights_is_told_what_it_lacks_and_never_shown()
    {
        _scene.Make("user", "csi", Value.MapOf(("userid", "csi@pve")));
        var token = _scene.Make("token", "csi", Token("1")).Outputs["credential"].AsText()!;
        var secret = token.Split('=')[1];
        var weak = ProxmoxServices.Create(
            new ProviderEnvironment
            {
                Time = _scene.Time,
                Random = _scene,
                Transport = _scene,
                Guard = _scene,
                Environment = static _ => null,
            },
            new ProxmoxConnection(new Uri("https://pve.test:8006"), token, "env: T"));

        var refusal = _scene.Refused(() => _scene.Time.Run(() => ProxmoxKinds.Handlers(weak)
            .Single(handler => handler.Kind.Type == "proxmox/virtual-machine")
            .CreateAsync(Create("virtual-machine", "worker-0", Machine()), _scene.Operation(), default)));

        refusal.Code.ShouldBe(ProviderErrorCode.Unauthorized);
        refusal.Message.ShouldContain("Permission check failed (/vms/");
        refusal.ToString().ShouldNotContain(secret);
        refusal.ToString().ShouldNotContain(Secret);
    }

    [Fact]
    public void A_wrong_token_is_refused_without_being_shown()
    {
        var wrong = ProxmoxServices.Create(
            new ProviderEnvironment
            {
                Time = _scene.Time,
                Random = _scene,
                Transport = _scene,
                Guard = _scene,
                Environment = static _ => null,
            },
            new ProxmoxConnection(new Uri("https://pve.test:8006"), "root@pam!test=planted-4711", "env: T"));

        var refusal = _scene.Refused(() => _scene.Time.Run(() =>
            wrong.Machines.ListAsync(null, default)));

        refusal.Code.ShouldBe(ProviderErrorCode.Unauthorized);
        refusal.ToString().ShouldNotContain("planted-4711");
    }

    [Fact]
    public void What_does_not_fit_is_told_with_its_figures_before_anything_is_made()
    {
        var capacity = new Capacity(_scene.Services);
        MachineDemand[] demands =
        [
            new("worker-0", "pve", 48, 100_000, new Dictionary<string, long> { ["local-lvm"] = 1500, ["local"] = 1 }),
            new("worker-1", "pve", 4, 100_000, new Dictionary<string, long> { ["local-lvm"] = 200 }),
        ];

        var problems = _scene.Time.Run(() => capacity.CheckAsync(demands, Platform, default));

        problems.ShouldBe([
            "'worker-0' wants 48 CPUs and the host pve has 32",
            "the machines on pve want 200000 MiB of memory; the host has 131072 MiB, of which other running guests"
            + " use 0 MiB",
            "the storage 'local' on pve holds no disks: it is for import,iso,vztmpl,backup",
            "the machines on pve want 1700 GiB of 'local-lvm', which has 1600 GiB free of 1600 GiB",
        ]);
    }

    [Fact]
    public void What_the_state_says_of_a_token_is_the_token()
    {
        var recorded = new RecordedResource
        {
            Address = Address("token", "csi"),
            Id = "csi@pve!csi",
            Generation = 1,
            IsOurs = true,
            Inputs = Token("1"),
            Outputs = Value.MapOf(("secret", new Value.Sensitive("s"))),
            Needs = [],
            Lifecycle = Orrery.Model.Resources.Lifecycle.Default,
        };

        var recalled = _scene.Time.Run(() =>
            ((IKeptInState)_scene.Handler("token")).RecallAsync(recorded, default));

        recalled!.Outputs["secret"].AsText().ShouldBe("s");
    }

    private static Value.Map Role(params string[] privileges) => Value.MapOf(
        ("name", "csi"), ("privileges", Value.ListOf(privileges.Order().Select(privilege => (Value)privilege))));

    private static Value.Map Token(string rotation) => Value.MapOf(
        ("user", "csi@pve"), ("name", "csi"), ("privilegeSeparation", true), ("rotation", rotation));

    private static Value.Map Rule() => Value.MapOf(
        ("path", "/"), ("subject", "csi@pve!csi"), ("role", "csi"), ("propagate", true));
}
