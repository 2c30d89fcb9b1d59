using Orrery.Model.Diagnostics;

namespace Orrery.Cli;

/// <summary>What can be wrong with a command line and what it names.</summary>
internal static class CliCodes
{
    public static readonly DiagnosticCode Usage = new(
        "CLI001",
        "the command line is not understood",
        "A verb, option or argument is missing, unknown or has a value that it cannot have. `orrery VERB "
        + "--help` shows what there is, with an example.");

    public static readonly DiagnosticCode NoSuchPath = new(
        "CLI002",
        "there is no such file or folder",
        "A declaration is one file or a folder of `.yaml` files. `orrery init` writes one to start from.");

    public static readonly DiagnosticCode NoDeclaration = new(
        "CLI003",
        "the folder holds no declaration",
        "All files that end in `.yaml` or `.yml` and stand directly in the folder are read; there is none.");

    public static readonly DiagnosticCode Unreadable = new(
        "CLI004",
        "a file cannot be read or written",
        "The operating system refuses, or the content is not what it should be. The message says which.");

    public static readonly DiagnosticCode SecretMissing = new(
        "CLI005",
        "a secret reference leads nowhere",
        "The environment variable is not set, or the file is not there or empty. Values are looked up before "
        + "anything is planned, so nothing has been changed.");

    public static readonly DiagnosticCode SecretNotYet = new(
        "CLI006",
        "secrets in Vault are not read yet",
        "What the machines themselves need is found in environment variables, files and SOPS documents, for now.");

    public static readonly DiagnosticCode NoIdentity = new(
        "CLI007",
        "the recovery identity is not an age identity",
        "It is the content of a file that `age-keygen` or `orrery init` wrote: a line that begins with "
        + "AGE-SECRET-KEY-1.");

    public static readonly DiagnosticCode WrongIdentity = new(
        "CLI008",
        "the recovery identity belongs to none of the recovery recipients",
        "What is encrypted to the recipients could not be read again by this identity. Either the identity or "
        + "the list of recipients in the declaration is wrong.");

    public static readonly DiagnosticCode NoSavedPlan = new(
        "CLI009",
        "the file is not a saved plan of this platform",
        "`orrery plan DIR --out FILE` writes one. A plan of another platform or of a newer Orrery is refused.");

    public static readonly DiagnosticCode WorldMoved = new(
        "CLI010",
        "the world has moved since the plan was saved",
        "What would be done now differs from what the saved plan says, so nothing is done. Look at the plan "
        + "again and save it anew.");

    public static readonly DiagnosticCode AlreadyThere = new(
        "CLI011",
        "a declaration is there already",
        "`orrery init` never overwrites a file. Choose another folder, or remove what is there.");

    public static readonly DiagnosticCode NoVersion = new(
        "CLI012",
        "there is no such version of the state",
        "`orrery state history DIR` lists the versions that are kept.");

    public static readonly DiagnosticCode Refused = new(
        "CLI013",
        "a cloud refuses or does not answer",
        "The message is the cloud's. Nothing that was not shown before has been changed.");

    public static readonly DiagnosticCode Bug = new(
        "CLI014",
        "this is a bug in Orrery",
        "Something that must always hold did not. What was begun is in the journal, and running the command "
        + "again goes on from there.");

    public static readonly DiagnosticCode NoAddress = new(
        "CLI015",
        "this is not the address of a resource",
        "An address has four parts: cluster, provider, kind and name, as `orrery plan` shows them.");

    public static readonly DiagnosticCode StrategyImpossible = new(
        "CLI016",
        "the cluster cannot be rebuilt like this",
        "An address that outlives its machine, or that the declaration gives it, cannot be at the old and the new "
        + "machine at once. On Hetzner Cloud, declare `rebuild: { strategy: blue-green }`, and each machine has an "
        + "address of its own; a floating one stays.");

    public static readonly DiagnosticCode NoMachine = new(
        "CLI017",
        "there is no such node",
        "`--cluster` and `--node` name a node that is declared: its pool's name and its number, from 0. Only nodes "
        + "that boot K3s have user data.");

    public static readonly DiagnosticCode NotThere = new(
        "CLI018",
        "there is nothing to reach yet",
        "The machine, the cluster or the component is declared, and nothing says yet that it runs. `orrery up` makes "
        + "it; `orrery status DIR` shows what is there.");

    public static readonly DiagnosticCode PortTaken = new(
        "CLI019",
        "the local port is taken",
        "Another program listens there, perhaps another `orrery tunnel`, or the port is one that only root may use.");

    public static readonly DiagnosticCode NoPage = new(
        "CLI020",
        "the cluster has no such page",
        "`orrery open` knows the pages of components of the catalog, where the cluster asks for them.");

    public static readonly DiagnosticCode Kubeconfig = new(
        "CLI021",
        "the kubeconfig cannot be changed like this",
        "It has no context of that name, or something else has the name already, or it is no kubeconfig. It was left "
        + "as it is; `orrery kubeconfig list` shows what it has.");

    public static readonly DiagnosticCode NoMachineApi = new(
        "CLI022",
        "the machines of the cluster have no API",
        "Machines that run Talos are reached through its machine API, and no others.");

    public static readonly DiagnosticCode NoReservations = new(
        "CLI023",
        "the cluster has no DHCP reservations",
        "They are written for clusters of Talos whose network declares them: those machines send no host names.");

    /// <summary>In order of their codes.</summary>
    public static DiagnosticFamily Family { get; } = new(
        "CLI",
        "the command line",
        "Found while a command is prepared, before anything is planned, or when it ends.",
        [
            Usage, NoSuchPath, NoDeclaration, Unreadable, SecretMissing, SecretNotYet, NoIdentity, WrongIdentity,
            NoSavedPlan, WorldMoved, AlreadyThere, NoVersion, Refused, Bug, NoAddress,
            StrategyImpossible, NoMachine, NotThere, PortTaken, NoPage, Kubeconfig,
            NoMachineApi, NoReservations,
        ]);
}
