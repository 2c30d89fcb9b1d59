using System.Security.Cryptography.X509Certificates;
using System.Text;
using Orrery.Engine.Ports;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Providers.Talos.Configuration;

namespace Orrery.Tests.Providers.Talos;

/// <summary>The secrets of a Talos cluster as a key of the repository, like all others.</summary>
public class TalosSecretsHandlerTests
{
    private const string Path = "secrets/prod/keys/talos-secrets.sops.yaml";

    [Fact]
    public async Task They_are_made_once_and_stay_the_same_in_every_rebuild()
    {
        var scene = new KeysScene();
        var made = await MakeAsync(scene, 1);
        scene.Keys.Keys.ShouldBe([Path]);
        var read = await HandlerOf(scene).FindExistingAsync(RequestFor(1), default);
        read!.Outputs.ShouldBe(made.Outputs);
        var request = RequestFor(1);
        (await Should.ThrowAsync<ProviderException>(() => MakeAsync(scene, 1))).Code
            .ShouldBe(ProviderErrorCode.Conflict);
        read.Properties.ShouldBe(request.Desired);
    }

    [Fact]
    public async Task What_was_there_and_is_gone_is_not_made_anew()
    {
        var problem = await Should.ThrowAsync<ProviderException>(() => MakeAsync(new KeysScene(), 2));
        problem.Message.ShouldBe(
            $"{Path} was made before and is gone. No new key is made in its place: bring the file back from Git");
    }

    [Fact]
    public async Task Only_certificates_are_shown()
    {
        var outputs = (await MakeAsync(new KeysScene(), 1)).Outputs;
        outputs.Fields.Where(field => field.Value is Value.Sensitive).Select(field => field.Key)
            .ShouldBe(["adminKey", "bundle", "talosKey"]);
        outputs.Fields.Where(field => field.Value is Value.Text).Select(field => field.Key).ShouldBe(
            ["adminCertificate", "id", "serverAuthority", "talosAuthority", "talosCertificate"]);
        foreach (var field in (string[])["adminCertificate", "serverAuthority", "talosAuthority", "talosCertificate"])
            outputs[field].AsText()!.ShouldStartWith("-----BEGIN CERTIFICATE-----\n");
    }

    [Fact]
    public async Task Its_bundle_is_what_talosctl_reads_and_its_administrators_have_their_keys()
    {
        var outputs = (await MakeAsync(new KeysScene(), 1)).Outputs;
        var secrets = TalosSecretsFile.Read(outputs["bundle"].AsText()!);
        secrets.Os.Certificate.ShouldBe(outputs["talosAuthority"].AsText());
        secrets.Kubernetes.Certificate.ShouldBe(outputs["serverAuthority"].AsText());
        foreach (var (certificate, key, subject) in ((string, string, string)[])
            [("talosCertificate", "talosKey", "O=os:admin"),
                ("adminCertificate", "adminKey", "CN=admin, O=system:masters")])
        {
            using var pair = X509Certificate2.CreateFromPem(outputs[certificate].AsText(), outputs[key].AsText());
            pair.Subject.ShouldBe(subject);
        }
    }

    [Fact]
    public async Task The_file_shows_no_key()
    {
        var scene = new KeysScene();
        var secrets = TalosSecretsFile.Read((await MakeAsync(scene, 1)).Outputs["bundle"].AsText()!);
        var file = Encoding.UTF8.GetString(scene.Files.Files[Path]);
        foreach (var text in TalosSecretsFile.TextsOf(secrets).Values)
            file.ShouldNotContain(text.Split('\n')[^1].Length > 0 ? text : text.Split('\n')[1]);
        file.ShouldContain("kind: secret/talos-secrets");
    }

    private static IResourceHandler HandlerOf(KeysScene scene) =>
        scene.Provider().Handlers.Single(handler => handler.Kind.Type == "secret/talos-secrets");

    private static Task<Observed> MakeAsync(KeysScene scene, int generation)
    {
        var request = RequestFor(generation);
        return HandlerOf(scene).CreateAsync(request, OperationContext.Silent(request.Address), default);
    }

    private static CreateRequest RequestFor(int generation)
    {
        var recipients = Value.ListOf([$"{KeysScene.Identity.Recipient}"]);
        var address = KeysGraph.TalosSecrets("prod");
        var resource = new Resource
        {
            Address = address,
            Desired = Value.MapOf(("file", KeysGraph.FileOf(address)), ("recipients", recipients)),
        };
        return new CreateRequest(
            resource.Address, "", new Owner("cosmos", resource.Address.Hash, generation), (Value.Map)resource.Desired);
    }
}
