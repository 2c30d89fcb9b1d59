using System.Text;
using Orrery.Secrets.Age;
using Orrery.Secrets.SealedSecrets;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;

namespace Orrery.Tests.Secrets.Guard;

/// <summary>Files that look like leaks and are none: what real repositories are full of.</summary>
internal static class CleanTwin
{
    /// <summary>Rules of the twin and of the tree of leaks.</summary>
    public static (string Path, string Text) Rules { get; } = (
        ".sops.yaml",
        "creation_rules:\n  - path_regex: ^secrets/.*\n    age: age1x\n"
        + "  - path_regex: ^selected/.*\\.yaml$\n    encrypted_regex: ^(data|stringData|secret)$\n    age: age1x\n"
        + "  - age: age1x\n");

    public static IReadOnlyList<(string Path, string Text)> All { get; } = [.. Make(new Chance(2))];

    private static IEnumerable<(string Path, string Text)> Make(Chance chance)
    {
        yield return Rules;
        foreach (var file in Machines(chance).Concat(Public(chance)).Concat(Placeholders(chance)).Concat(Programs()))
            yield return file;
        foreach (var file in Encrypted(chance))
            yield return file;
    }

    /// <summary>What programs write: hashes, identifiers, pictures.</summary>
    private static IEnumerable<(string, string)> Machines(Chance chance)
    {
        yield return ("package-lock.json", string.Concat(Enumerable.Range(0, 50).Select(
            n => $"\"node_modules/token-{n}\": {{ \"integrity\": \"sha512-{chance.Base64(64)}\" }},\n")));
        yield return ("go.sum", $"example.org/secret v1.2.3 h1:{chance.Base64(32)}\n");
        yield return ("Cargo.lock", $"name = \"secret-service\"\nchecksum = \"{chance.Hex(64)}\"\n");
        yield return ("packages.lock.json", $"\"Tokens\": {{ \"contentHash\": \"{chance.Base64(64)}\" }}\n");
        yield return ("flake.lock", $"\"narHash\": \"sha256-{chance.Base64(32)}\", \"rev\": \"{chance.Hex(40)}\"\n");
        yield return ("deploy/image.yaml", $"image: ghcr.io/a/secret-manager@sha256:{chance.Hex(64)}\n");
        yield return (
            "ids.yaml", $"tokenId: {chance.Uuid()}\nsecretUid: {chance.Uuid()}\nrevision: {chance.Hex(40)}\n");
        yield return ("uuid.env", $"SESSION_TOKEN={chance.Uuid()}\n");
        yield return ("logo.svg", $"<image href=\"data:image/png;base64,{chance.Base64(6000)}\"/>\n");
        yield return ("logo.css", $".token {{ background: url(data:image/png;base64,{chance.Base64(600)}) }}\n");
        yield return ("picture.png", $"\0PNG {chance.Pem("RSA PRIVATE KEY")}");
        yield return (
            "terraform.lock.hcl", $"hashes = [\n  \"h1:{chance.Base64(32)}\",\n  \"zh:{chance.Hex(64)}\",\n]\n");
    }

    /// <summary>What everybody may know.</summary>
    private static IEnumerable<(string, string)> Public(Chance chance)
    {
        yield return ("keys/public.pem", chance.Pem("PUBLIC KEY"));
        yield return ("keys/ca.crt", chance.Pem("CERTIFICATE"));
        yield return ("keys/id_ed25519.pub", $"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5{chance.Base64(32)} me@host\n");
        yield return ("keys/recipients.txt", $"age1{chance.Of(58, "qpzry9x8gf2tvdw0s3jn54khce6mua7l")}\n");
        yield return ("kube/public.yaml", "clusters:\n- cluster:\n    certificate-authority-data: "
            + Convert.ToBase64String(Encoding.ASCII.GetBytes(chance.Pem("CERTIFICATE"))) + "\n");
        yield return ("keys/wg.conf", $"[Peer]\nPublicKey = {chance.Base64(32)}\n");
        yield return (
            "users.yaml", $"admin:\n  passwordHash: $2a$10${chance.Of(53)}\n  password: $2b$12${chance.Of(53)}\n");
        yield return (
            "deploy/ca.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: ca\nstringData:\n  ca.crt: |\n    "
            + chance.Pem("CERTIFICATE").Replace("\n", "\n    ", StringComparison.Ordinal) + "\n");
        yield return ("secrets/prod/sealed-secrets.pem", chance.Pem("CERTIFICATE"));
        yield return ("secrets/prod/known_hosts", $"# of all\n192.0.2.1 ssh-ed25519 {chance.Base64(51)}\n");
    }

    private static IEnumerable<(string, string)> Placeholders(Chance chance)
    {
        yield return (
            ".env.example",
            "DB_PASSWORD=changeme\nAPI_TOKEN=your-token-here-123\nSECRET=\nGITHUB_TOKEN=ghp_" + new string('x', 36)
            + "\nAWS_ACCESS_KEY_ID=AKIA" + "IOSFODNN7EXAMPLE\nSTRIPE=sk_test_" + "xxxxxxxxxxxxxxxxxxxxxxxx\n");
        yield return (
            "deploy/values.yaml",
            "auth:\n  existingSecret: database-credentials-2\n  secretName: app-tls-2024-v1\n"
            + "  tokenPath: /var/run/t1/x2\n"
            + "  password: ${DB_PASSWORD_2}\n  token: \"{{ .Values.token2 }}\"\n  secret: vault:kv/data/app#Password1\n"
            + "  passwordFrom: a/B2/c3D4e5F6g7\n  tokenUrl: https://login.example.org/oauth2/v2.0/token\n");
        yield return (
            "deploy/template.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\n"
            + "data:\n  a: {{ .Values.a | b64enc }}\n");
        yield return (
            "deploy/external.yaml",
            "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nspec:\n  data:\n  - secretKey: password\n"
            + "    remoteRef: { key: app/database2, property: password }\n");
        yield return (
            "deploy/empty.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata: { name: a }\nstringData:\n  password: \"\"\n  token: ${TOKEN}\n"
            + "  key: <your key>\n");
        yield return (
            "deploy/argocd.yaml",
            "apiVersion: v1\nkind: Secret\nmetadata:\n  name: repo\n  labels:\n"
            + "    argocd.argoproj.io/secret-type: repository\nstringData:\n  type: git\n"
            + "  url: https://github.com/example/demo\n");
        yield return (
            "docs/keys.md",
            "It begins with -----BEGIN RSA " + "PRIVATE KEY----- and lies in /etc/kubernetes/pki/ca.key\n");
        yield return ("README.md", "Use `https://user:password@host`, `https://x:$TOKEN@host` or `-----BEGIN RSA "
            + "PRIVATE KEY-----` with your key.\n\n    password: <generated>\n    token = \"...\"\n");
        yield return (
            "main.tf", $"variable \"token\" {{}}\nprovider x {{ token = var.hcloud_token_2 }}\n# {chance.Hex(7)}\n");
        yield return ("keys/none.pem", "-----BEGIN " + "PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----\n");
    }

    private static IEnumerable<(string, string)> Programs()
    {
        yield return (
            "src/Tokens.cs",
            "var cancellationToken = source1.Token;\nvar secretName2 = GetSecretName2(request1);\n"
            + "const string PasswordHeader = \"X-Password-Header-2\";\nconst string Prefix = \"ghp_\";\n"
            + "const string Begin = \"-----BEGIN RSA \" + \"PRIVATE KEY-----\";\n"
            + "const string Token = \"AGE-SECRET-KEY-1\";\n"
            + "Throws(\"the token1 is not valid in V2Api\");\nvar token = \"cancellationTokenSource2OfRequest\";\n");
        yield return (
            "src/tokens.py",
            "def token(secret2=None):\n    password = get_password(Vault2, Path3)\n    return f\"{secret2}\"\n");
        yield return (
            "src/token_test.go",
            "func TestToken(t *testing.T) {\n\tsecret := \"swordfish\"\n\ttoken := newToken(A1b2)\n}\n");
        yield return ("src/styles.css", ".password-input-2 { content: \"token1\" }\n");
        yield return ("docs/age.md", "An identity begins with `AGE-SECRET-KEY-1`, a token of GitHub with `ghp_`.\n");
    }

    private static IEnumerable<(string, string)> Encrypted(Chance chance)
    {
        var identity = AgeIdentity.Generate(SeededRandom.From(3));
        var rule = CreationRule.For($"{identity.Recipient}");
        var random = SeededRandom.From(4);
        string Encrypt(string plain, SopsFormat format, CreationRule by) => Encoding.UTF8.GetString(SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(plain), format, by, DateTimeOffset.UnixEpoch, random));
        const string Secret = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n"
            + "  password: swordfish\n  n: 5\n";
        yield return ("secrets/prod/a.yaml", Encrypt(Secret, SopsFormat.Yaml, rule));
        yield return ("secrets/prod/a.json", Encrypt("{\"password\": \"swordfish\"}", SopsFormat.Json, rule));
        yield return ("secrets/prod/a.env", Encrypt("PASSWORD=swordfish\n", SopsFormat.Dotenv, rule));
        yield return ("secrets/prod/a.txt", Encrypt("swordfish", SopsFormat.Binary, rule));
        yield return (
            "selected/a.yaml",
            Encrypt(Secret, SopsFormat.Yaml, rule with
            {
                Selection = SopsSelection.Of("encrypted_regex", "^(data|stringData|secret)$"),
            }));
        yield return (
            "selected/map.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata:\n  a: swordfish\n");
        yield return ("selected/none.yaml", "plain: one\nsecret: \"\"\n");
        yield return (
            "secrets/kustomization.yaml",
            "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\ngenerators:\n  - ksops.yaml\n");
        yield return (
            "secrets/ksops.yaml",
            "apiVersion: viaduct.ai/v1\nkind: ksops\nmetadata: { name: a }\nfiles: [prod/a.yaml]\n");
        yield return ("secrets/prod/README.md", "What is in here is encrypted.\n");
        yield return ("secrets/prod/a.age", "-----BEGIN AGE ENCRYPTED FILE-----\n" + chance.Base64(300) + "\n");
        using var rsa = System.Security.Cryptography.RSA.Create(2048);
        var key = SealedSecretsKey.Make(rsa, DateTimeOffset.UnixEpoch, random);
        var value = SealedSecret.Seal("swordfish"u8, new SealingScope.ClusterWide(), key.Certificate, random);
        yield return (
            "deploy/sealed.yaml",
            "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata: { name: a, namespace: b }\nspec:\n"
            + $"  encryptedData:\n    password: {value}\n    API_TOKEN: {value}\n");
    }
}
