using Orrery.Cli.Commands.Access;
using Orrery.Cli.Commands.Age;
using Orrery.Cli.Commands.Kubeconfigs;
using Orrery.Cli.Invocation;

namespace Orrery.Cli.Commands;

/// <summary>Every verb, in the order in which a user meets them.</summary>
internal static class Verbs
{
    public static IReadOnlyList<Verb> All { get; } =
    [
        new("init", InitVerb.Create),
        new("validate", ValidateVerb.Create),
        new("schema", SchemaVerb.Create),
        new("rehearse", RehearseVerb.Create),
        new("simulate", SimulateVerb.Create),
        new("render", RenderVerb.Create),
        new("plan", PlanVerb.Create),
        new("up", UpVerb.Create),
        new("rebuild", RebuildVerb.Create),
        new("upgrade", UpgradeVerb.Create),
        new("destroy", DestroyVerb.Create),
        new("status", StatusVerb.Create),
        new("drift", DriftVerb.Create),
        new("adopt", AdoptVerb.Create),
        new("kubeconfig", KubeconfigVerb.Create),
        new("talosconfig", TalosconfigVerb.Create),
        new("env", EnvVerb.Create),
        new("ssh", SshVerb.Create),
        new("tunnel", TunnelVerb.Create),
        new("open", OpenVerb.Create),
        new("machine", MachineVerb.Create),
        new("dhcp", DhcpVerb.Create),
        new("age", AgeVerb.Create),
        new("secret", SecretVerb.Create),
        new("guard", GuardVerb.Create),
        new("state", StateVerb.Create),
        new("completion", CompletionVerb.Create),
    ];
}
