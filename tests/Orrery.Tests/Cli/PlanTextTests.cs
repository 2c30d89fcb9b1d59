using Orrery.Cli.Terminal;
using Orrery.Cli.Terminal.Plans;
using Orrery.Engine.Runs;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;

namespace Orrery.Tests.Cli;

public sealed class PlanTextTests
{
    private const string Folder = "tests/Orrery.Tests/Golden/PlanText";

    private static readonly ResourceAddress Server = Address("server", "cosmos-0");
    private static readonly ResourceAddress Volume = Address("volume", "cosmos-0.data-volume");

    [Fact]
    public void A_first_plan_says_what_is_made_what_it_costs_and_what_is_never_deleted() =>
        Golden.Match($"{Folder}/first.txt", PlanText.Of("cosmos", First(), new Paint(false)));

    [Fact]
    public void A_later_plan_says_why() =>
        Golden.Match($"{Folder}/later.txt", PlanText.Of("cosmos", Later(), new Paint(false)));

    [Fact]
    public void With_colours_the_words_are_the_same()
    {
        var coloured = PlanText.Of("cosmos", Later(), new Paint(true));
        coloured.ShouldContain("\e[");
        System.Text.RegularExpressions.Regex.Replace(coloured, @"\e\[\d+m", "")
            .ShouldBe(PlanText.Of("cosmos", Later(), new Paint(false)));
    }

    [Fact]
    public void For_programs_unknown_and_sensitive_values_are_marked()
    {
        var text = JsonOutput.Text(json => PlanJson.Write(json, "cosmos", First()));
        Golden.Match($"{Folder}/first.json", text);
        text.ShouldNotContain("hush");
    }

    [Fact]
    public void Nothing_in_the_folder_is_unused() =>
        Golden.HasNothingBut("PlanText", ["first.txt", "later.txt", "first.json"]);

    private static PlannedRun First() => new(
        Plan(
            Change("firewall", "nodes", ChangeAction.Create) with
            {
                After = Value.MapOf(("rules", Value.ListOf([Rule("http"), Rule("icmp")]))),
            },
            new Change
            {
                Address = Address("floating-ip", "cosmos-0"),
                Action = ChangeAction.None,
                After = Value.MapOf(("ip", "49.12.115.123")),
                Lifecycle = new Lifecycle { Protect = true, Ownership = Ownership.Adopted },
            },
            new Change
            {
                Address = Server,
                Action = ChangeAction.Create,
                Reasons = ["not there yet"],
                After = Value.MapOf(
                    ("type", "cx33"), ("image", "ubuntu-24.04"), ("location", "fsn1"),
                    ("firewalls", Value.ListOf([new Value.Unknown(Address("firewall", "nodes").Output("id"))])),
                    ("userData", new Value.Sensitive("hush"))),
            },
            Change("volume", "cosmos-0.data-volume", ChangeAction.Create) with
            {
                After = Value.MapOf(("size", 50), ("location", "fsn1")),
                Lifecycle = new Lifecycle { Protect = true },
            },
            Change("volume-attachment", "cosmos-0.data-volume", ChangeAction.Create) with
            {
                After = Value.MapOf(("server", new Value.Unknown(Server.Output("id")))),
                Needs = [Server, Volume],
            }),
        12.72m)
    { CostPerMonthBefore = 0.59m };

    private static PlannedRun Later() => new(
        Plan(
            Change("firewall", "nodes", ChangeAction.Update) with
            {
                Reasons = ["rules: [] becomes [{name: \"http\"}]"],
                After = Value.MapOf(("rules", Value.ListOf([Rule("http")]))),
            },
            Change("floating-ip", "cosmos-0", ChangeAction.None) with
            {
                Reasons = ["it must exist beforehand and was not found"],
                After = Value.MapOf(("ip", "49.12.115.123")),
                Lifecycle = new Lifecycle { Protect = true, Ownership = Ownership.Adopted },
                IsMissing = true,
            },
            Change("primary-ip", "cosmos-0", ChangeAction.Delete) with
            {
                Reasons = ["no longer declared"],
                Before = Value.MapOf(("type", "ipv4"), ("location", "fsn1")),
            },
            Change("server", "cosmos-0", ChangeAction.Replace) with
            {
                Reasons = ["image: \"ubuntu-22.04\" becomes \"ubuntu-24.04\" (cannot be changed in place)"],
                Generation = 2,
                After = Value.MapOf(("type", "cx33"), ("image", "ubuntu-24.04"), ("location", "fsn1")),
            },
            Change("ssh-key", "admin", ChangeAction.None) with
            {
                After = Value.MapOf(("publicKey", "ssh-ed25519 AAAA")),
            },
            Change("volume", "cosmos-0.data-volume", ChangeAction.None) with
            {
                Reasons =
                [
                    "location: \"fsn1\" becomes \"nbg1\" (cannot be changed in place)",
                    "protected: kept as it is",
                ],
                After = Value.MapOf(("size", 50), ("location", "nbg1")),
                Lifecycle = new Lifecycle { Protect = true },
                IsBlocked = true,
            }),
        CostPerMonth: null);

    private static Plan Plan(params Change[] changes) =>
        new() { PlatformId = "cosmos-12345678", StateSerial = 3, Changes = changes.ToValueList() };

    private static Change Change(string kind, string name, ChangeAction action) =>
        new() { Address = Address(kind, name), Action = action };

    private static ResourceAddress Address(string kind, string name) =>
        ResourceAddress.Of("prod", $"hetzner/{kind}", name);

    private static Value Rule(string name) => Value.MapOf(("name", name), ("protocol", "tcp"));
}
