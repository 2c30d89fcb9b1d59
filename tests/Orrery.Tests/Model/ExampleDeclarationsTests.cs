using Orrery.Model.Spec;

namespace Orrery.Tests.Model;

public sealed class ExampleDeclarationsTests
{
    private const string Recipient = "age10nqexd2jhs7vgz0gj0f77c4kut6td6e5l83za4xfpelkam7y4qys22gxmm";

    public static TheoryData<string> Names => [.. ExampleDeclarations.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_new_declaration_has_its_recipients_and_the_schema_line(string name)
    {
        var file = ExampleDeclarations.Create(name, [Recipient], "orrery.schema.json");
        file.Text.ShouldStartWith("# yaml-language-server: $schema=orrery.schema.json\n");
        file.Text.ShouldContain($"recipients: [{Recipient}]");
        var wrong = Declaration.Read([file], profile: null).Diagnostics;
        wrong.Where(d => !d.Code.StartsWith("NOTYET", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    [Fact]
    public void Cosmos_comes_up_with_what_is_built()
    {
        var read = Declaration.Read([ExampleDeclarations.Create("cosmos", [Recipient], "x.json")], profile: null);
        read.HasErrors.ShouldBeFalse();
        read.Value.ShouldNotBeNull().Recovery.Recipients.ShouldBe([Recipient]);
        read.Diagnostics.ShouldBeEmpty();
    }

    /// <summary>The list of what the declaration can say and Orrery cannot do; it must reach zero.</summary>
    [Fact]
    public void Seventeen_features_are_not_built_yet() => Unbuilt.All.Count.ShouldBe(17);
}
