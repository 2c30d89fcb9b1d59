using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.Guard;
using Orrery.Secrets.Guard.Documents;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Tests.Secrets.Guard;

/// <summary>Ciphertext that a cluster would take for the value, in trees as people have them.</summary>
public class WiringTests
{
    private const string Kustomization = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n";
    private const string Ksops = "apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: { name: k }\n";
    private const string Decryption = "  decryption: { provider: sops, secretRef: { name: sops-age } }\n";

    private static readonly string Encrypted = Encrypt();

    [Fact]
    public void Flux_that_decrypts_is_right() =>
        Search(("flux/a.yaml", Flux("./apps", Decryption)), ("apps/s.yaml", Encrypted)).ShouldBeEmpty();

    [Theory]
    [InlineData("", "It has no spec.decryption.provider: sops.")]
    [InlineData("  decryption: { provider: sops }\n",
        "Its spec.decryption has no secretRef that names the Secret with the age key.")]
    [InlineData("  decryption: { secretRef: { name: a } }\n", "It has no spec.decryption.provider: sops.")]
    public void Flux_that_does_not_is_found(string decryption, string expected)
    {
        var finding = Find(("flux/a.yaml", Flux("./apps", decryption)), ("apps/s.yaml", Encrypted))
            .ShouldHaveSingleItem();
        finding.ToString().ShouldBe("apps/s.yaml:1:1 flux-decryption Kustomization apps in flux/a.yaml");
        finding.Detail.ShouldBe(expected);
    }

    [Theory]
    [InlineData("apps/deep/er/s.yaml", "")]
    [InlineData("apps/one/s.yaml", "apps/one/kustomization.yaml|resources: [s.yaml]")]
    [InlineData("base/s.yaml", "apps/kustomization.yaml|resources: [../base/s.yaml]")]
    [InlineData("base/s.yaml", "apps/kustomization.yaml|resources: [../base]")]
    [InlineData("parts/s.yaml", "apps/kustomization.yml|components: [../parts]")]
    public void Flux_reaches_what_kustomize_would_build(string path, string kustomization)
    {
        var files = new List<(string, string)> { ("flux/a.yaml", Flux("apps/", "")), (path, Encrypted) };
        if (kustomization.Split('|') is [var name, var text])
            files.Add((name, $"{Kustomization}{text}\n"));
        Search([.. files]).ShouldBe([$"{path}:1:1 flux-decryption Kustomization apps in flux/a.yaml"]);
        files[0] = ("flux/a.yaml", Flux("./apps", Decryption));
        Search([.. files]).ShouldBeEmpty();
    }

    [Fact]
    public void Of_two_that_apply_a_file_both_must_decrypt_it() =>
        Search(
            ("flux/a.yaml", $"{Flux("./apps", Decryption)}---\n{Flux("./apps/one", "")}"),
            ("apps/one/s.yaml", Encrypted)).Count.ShouldBe(1);

    [Fact]
    public void A_parent_may_give_decryption_to_all_that_it_applies()
    {
        const string Patch = "  patches:\n    - patch: |\n        apiVersion: kustomize.toolkit.fluxcd.io/v1\n"
            + "        kind: Kustomization\n        metadata: { name: any }\n        spec:\n          decryption:\n"
            + "            provider: sops\n            secretRef: { name: sops-age }\n"
            + "      target: { kind: Kustomization }\n";
        Search(
            ("flux/root.yaml", Flux("./clusters", Patch)), ("clusters/a.yaml", Flux("./apps", "")),
            ("apps/s.yaml", Encrypted)).ShouldBeEmpty();
    }

    [Fact]
    public void A_path_that_flux_puts_together_may_lead_anywhere() =>
        Search(
            ("flux/a.yaml", Flux("./apps/${cluster}", "")),
            ("apps/one/kustomization.yaml", $"{Kustomization}resources: [s.yaml]\n"),
            ("apps/one/s.yaml", Encrypted)).ShouldBeEmpty();

    [Fact]
    public void A_path_within_an_artifact_is_none_of_the_repository() =>
        Search(
            ("flux/a.yaml", Flux("./apps", "").Replace("GitRepository", "OCIRepository", StringComparison.Ordinal)),
            ("apps/s.yaml", Encrypted)).ShouldBeEmpty();

    [Theory]
    [InlineData("files: [s.yaml]")]
    [InlineData("files: [./s.yaml]")]
    [InlineData("files: [key=./s.yaml]")]
    [InlineData("secretFrom:\n  - files: [s.yaml]")]
    public void A_generator_of_ksops_decrypts_what_it_names(string files) =>
        Search(
            ("apps/kustomization.yaml", $"{Kustomization}generators: [ksops.yaml]\n"),
            ("apps/ksops.yaml", $"{Ksops}{files}\n"), ("apps/s.yaml", Encrypted)).ShouldBeEmpty();

    [Fact]
    public void What_no_generator_names_is_found() =>
        Search(
            ("apps/kustomization.yaml", $"{Kustomization}generators: [ksops.yaml]\n"),
            ("apps/ksops.yaml", $"{Ksops}files: [s.yaml]\n"), ("apps/s.yaml", Encrypted),
            ("apps/more/t.yaml", Encrypted))
            .ShouldBe(["apps/more/t.yaml:1:1 ksops-generator beside apps/kustomization.yaml"]);

    [Fact]
    public void A_generator_that_no_kustomization_lists_generates_nothing() =>
        Search(
            ("apps/kustomization.yaml", $"{Kustomization}resources: [a.yaml]\n"),
            ("apps/ksops.yaml", $"{Ksops}files: [s.yaml]\n"), ("apps/s.yaml", Encrypted))
            .ShouldBe(["apps/s.yaml:1:1 ksops-generator beside apps/kustomization.yaml"]);

    [Fact]
    public void What_stands_in_resources_is_applied_as_it_is() =>
        Search(("apps/kustomization.yaml", $"{Kustomization}resources: [s.yaml]\n"), ("apps/s.yaml", Encrypted))
            .ShouldBe(["apps/s.yaml:1:1 ksops-resource resources of apps/kustomization.yaml"]);

    [Fact]
    public void What_no_tool_applies_is_nobodys_mistake() =>
        Search(("secrets/prod/s.yaml", Encrypted), ("values.enc.yaml", Encrypted)).ShouldBeEmpty();

    private static string Flux(string path, string more) =>
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
        + $"metadata: {{ name: {path.Trim('.', '/').Split('/')[0]} }}\nspec:\n  path: {path}\n"
        + $"  sourceRef: {{ kind: GitRepository, name: flux-system }}\n{more}";

    private static string Encrypt()
    {
        var identity = AgeIdentity.Generate(SeededRandom.From(1));
        var rule = CreationRule.For($"{identity.Recipient}") with
        {
            Selection = SopsSelection.Of("encrypted_regex", "^(data|stringData)$"),
        };
        const string Plain = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  password: swordfish\n";
        return Encoding.UTF8.GetString(SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(Plain), SopsFormat.Yaml, rule, DateTimeOffset.UnixEpoch, SeededRandom.From(2)));
    }

    private static IReadOnlyList<string> Search(params (string Path, string Text)[] files) =>
        [.. Find(files).Select(finding => $"{finding}")];

    private static IReadOnlyList<Finding> Find(params (string Path, string Text)[] files) => TreeSearch.Of(
        [.. files.Select(file => FileSearch.Of(file.Path, Encoding.UTF8.GetBytes(file.Text), Covering.Read([])))],
        null);
}
