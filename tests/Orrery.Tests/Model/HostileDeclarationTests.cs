using Orrery.Model.Diagnostics;
using Orrery.Model.Spec;

namespace Orrery.Tests.Model;

/// <summary>Whatever is in the files, reading ends, says something, and repeats no secret.</summary>
public sealed class HostileDeclarationTests
{
    private const string Recipient = "age10nqexd2jhs7vgz0gj0f77c4kut6td6e5l83za4xfpelkam7y4qys22gxmm";

    [Fact]
    public void A_file_beyond_the_limit_is_not_parsed()
    {
        var text = "a: " + new string('b', 1 << 20);
        Read(text).Select(d => d.Code).ShouldBe(["SPEC002"]);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Reading_survives_any_damage(int seed)
    {
        var random = new Random(seed);
        foreach (var name in ExampleDeclarations.Names)
        {
            var text = ExampleDeclarations.Create(name, [Recipient], "x.json").Text;
            for (var round = 0; round < 60; round++)
                Should.NotThrow(() => Read(Damage(text, random)));
        }
    }

    [Theory]
    [InlineData("token: { env: HCLOUD_TOKEN }", "token: {0}")]
    [InlineData("env: HCLOUD_TOKEN", "env: {0}")]
    [InlineData("location: fsn1", "location: {0}")]
    [InlineData("location: fsn1", "{0}: fsn1")]
    [InlineData("location: fsn1", "location: [ {0}")]
    [InlineData("url: https://github.com/", "url: https://me:{0}@github.com/")]
    public void No_message_repeats_a_planted_token(string written, string with)
    {
        const string Token = "ghp_Pl4ntedPl4ntedPl4ntedPl4ntedPl4nted1";
        var text = ExampleDeclarations.Create("cosmos", [Recipient], "x.json").Text;
        text.ShouldContain(written);
        var planted = with.Replace("{0}", Token, StringComparison.Ordinal);
        var damaged = text.Replace(written, planted, StringComparison.Ordinal);
        var diagnostics = Read(damaged);
        diagnostics.ShouldContain(d => d.Severity == Severity.Error);
        DiagnosticText.Write(diagnostics).ShouldNotContain("Pl4nted");
    }

    private static string Damage(string text, Random random)
    {
        const string Signs = ":{}[],-#&*!|>'\"%@`?\t\n ~<\uFEFFx0";
        var characters = text.ToList();
        for (var count = random.Next(1, 6); count > 0; count--)
        {
            var at = random.Next(characters.Count);
            switch (random.Next(4))
            {
                case 0:
                    characters.RemoveAt(at);
                    break;
                case 1:
                    characters.Insert(at, Signs[random.Next(Signs.Length)]);
                    break;
                case 2:
                    characters[at] = Signs[random.Next(Signs.Length)];
                    break;
                default:
                    characters.RemoveRange(at, Math.Min(random.Next(40), characters.Count - at));
                    break;
            }
        }

        return string.Concat(characters);
    }

    private static IReadOnlyList<Diagnostic> Read(string text) =>
        Declaration.Read([new SourceFile("platform.yaml", text)], profile: null).Diagnostics;
}
