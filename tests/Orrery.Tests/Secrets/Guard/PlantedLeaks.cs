using System.Text;

namespace Orrery.Tests.Secrets.Guard;

/// <summary>A file with one leak in it.</summary>
/// <param name="Secret">What must be found, and shown nowhere.</param>
internal sealed record Leak(string Path, string Text, string Rule, string Secret);

/// <summary>Every kind of leak, as people commit them.</summary>
internal static class PlantedLeaks
{
    public static IReadOnlyList<Leak> All { get; } = Make(new Chance(1));

    private static Leak[] Make(Chance chance) =>
    [
        .. Keys(chance), .. Prefixed(chance), .. Named(chance), .. Objects(),
    ];

    private static IEnumerable<Leak> Keys(Chance chance)
    {
        foreach (var label in new[]
                 {
                     "RSA PRIVATE KEY", "EC PRIVATE KEY", "PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY",
                     "DSA PRIVATE KEY", "ED25519 PRIVATE KEY", "PGP PRIVATE KEY BLOCK",
                 })
        {
            var pem = chance.Pem(label);
            yield return new($"keys/{label.Replace(' ', '-')}.pem", pem, "private-key", pem);
            var indented = pem.Replace("\n", "\n    ", StringComparison.Ordinal);
            yield return new(
                $"keys/{label.Replace(' ', '-')}.tf", $"resource x {{\n  key = <<EOT\n    {indented}\nEOT\n}}\n",
                "private-key", indented.TrimEnd());
        }

        var json = chance.Pem("PRIVATE KEY").Replace("\n", "\\n", StringComparison.Ordinal);
        yield return new(
            "gcp/account.json", $"{{\n  \"type\": \"service_account\",\n  \"private_key\": \"{json}\"\n}}\n",
            "private-key", json);
        var encoded = Convert.ToBase64String(Encoding.ASCII.GetBytes(chance.Pem("EC PRIVATE KEY")));
        yield return new(
            "kube/config", $"users:\n- name: admin\n  user:\n    client-key-data: {encoded}\n", "encoded-private-key",
            encoded);
        var talos = Convert.ToBase64String(Encoding.ASCII.GetBytes(chance.Pem("ED25519 PRIVATE KEY", 64)));
        yield return new(
            "talos/secrets.yaml", $"certs:\n  os:\n    key: {talos}\n", "encoded-private-key", talos);
        yield return new(
            "keys/putty.ppk",
            "PuTTY-User-Key-" + $"File-3: ssh-ed25519\nPublic-Lines: 1\nx\nPrivate-Lines: 1\n{chance.Base64(48)}\n",
            "private-key", "PuTTY-User-Key-" + "File-3");
        var data = chance.Base64(120);
        yield return new("kube/other.yaml", $"    client-key-data: {data}\n", "encoded-private-key", data);
        var old = chance.Pem("RSA PRIVATE KEY").Replace(
            "KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00FF\n\n", StringComparison.Ordinal);
        yield return new("keys/old.pem", old, "private-key", old);
        var lines = chance.Pem("EC PRIVATE KEY").TrimEnd('\n').Split('\n').Select(line => $"    \"{line}\\n\"");
        var program = string.Join(" +\n", lines);
        yield return new("src/Key.java", $"String k =\n{program};\n", "private-key", program.TrimStart());
        foreach (var (prefix, rule) in new[]
                 {
                     ("AGE-SECRET-KEY-1", "age-identity"), ("AGE-SECRET-KEY-PQ-1", "age-identity"),
                     ("AGE-PLUGIN-YUBIKEY-1", "age-plugin-identity"),
                 })
        {
            var identity = prefix + chance.Of(58, Chance.Bech32);
            yield return new($"keys/{prefix}.txt", $"# created: today\n{identity}\n", rule, identity);
        }
    }

    private static IEnumerable<Leak> Prefixed(Chance chance)
    {
        (string Prefix, int Length, string Letters, string Rule)[] shapes =
        [
            ("ghp_", 36, Chance.Alphanumeric, "github-token"), ("gho_", 36, Chance.Alphanumeric, "github-token"),
            ("ghs_", 36, Chance.Alphanumeric, "github-token"), ("github_pat_", 82, Chance.Alphanumeric, "github-token"),
            ("glpat-", 20, Chance.Alphanumeric, "gitlab-token"), ("glrt-", 20, Chance.Alphanumeric, "gitlab-token"),
            ("AKIA", 16, Chance.Base32, "aws-access-key"), ("ASIA", 16, Chance.Base32, "aws-access-key"),
            ("xoxb-", 50, Chance.Alphanumeric, "slack-token"), ("xapp-", 50, Chance.Alphanumeric, "slack-token"),
            ("https://hooks.slack.com/services/", 44, Chance.Alphanumeric, "slack-webhook"),
            ("hvs.", 90, Chance.Alphanumeric, "vault-token"), ("hvb.", 90, Chance.Alphanumeric, "vault-token"),
            ("cfut_", 48, Chance.Alphanumeric, "cloudflare-token"),
            ("cfk_", 48, Chance.Alphanumeric, "cloudflare-token"),
            ("dckr_pat_", 27, Chance.Alphanumeric, "docker-token"), ("npm_", 36, Chance.Alphanumeric, "npm-token"),
            ("pypi-AgEIcHlwaS5vcmc", 120, Chance.Alphanumeric, "pypi-token"),
            ("AIza", 35, Chance.Alphanumeric, "google-key"),
            ("GOCSPX-", 28, Chance.Alphanumeric, "google-client-secret"),
            ("sk_live_", 24, Chance.Alphanumeric, "stripe-key"), ("whsec_", 32, Chance.Alphanumeric, "stripe-key"),
            ("tskey-auth-", 40, Chance.Alphanumeric, "tailscale-key"),
            ("tskey-client-", 40, Chance.Alphanumeric, "tailscale-key"),
            ("dop_v1_", 64, Chance.Hexadecimal, "digitalocean-token"),
            ("glsa_", 41, Chance.Alphanumeric, "grafana-token"), ("pul-", 40, Chance.Hexadecimal, "pulumi-token"),
            ("SG.", 66, Chance.Alphanumeric, "sendgrid-key"), ("hf_", 34, Chance.Alphanumeric, "huggingface-token"),
        ];
        foreach (var (prefix, length, letters, rule) in shapes)
        {
            var token = prefix + chance.Of(length, letters);
            var name = prefix.Split('/')[^1].TrimEnd('_', '-', '.') + rule;
            yield return new($"tokens/{name}.cs", $"class A\n{{\n    const string X = \"{token}\";\n}}\n", rule, token);
            yield return new($"tokens/{name}.env", $"# one\nX={token}\n", rule, token);
            yield return new($"tokens/{name}.md", $"Call it with `{token}`, and see.\n", rule, token);
        }

        var join = $"K10{chance.Hex(64)}::server:{chance.Hex(32)}";
        yield return new("k3s/install.sh", $"curl x | K3S_URL=y sh -s - --token {join}\n", "k3s-token", join);
        var jwt = chance.Jwt();
        yield return new("kube/token.txt", $"bearer {jwt}\n", "jwt", jwt);
        var password = chance.Of(16);
        yield return new(
            "app/settings.py", $"URL = \"postgres://app:{password}@db.internal/app\"\n", "url-password", password);
    }

    private static IEnumerable<Leak> Named(Chance chance)
    {
        var hetzner = chance.Of(64);
        yield return new("tf/terraform.tfvars", $"hcloud_token = \"{hetzner}\"\n", "hetzner-token", hetzner);
        var aws = chance.Base64(30);
        yield return new("aws/credentials", $"[default]\naws_secret_access_key = {aws}\n", "aws-secret-key", aws);
        var cloudflare = chance.Of(40);
        yield return new(".envrc", $"export CLOUDFLARE_API_TOKEN={cloudflare}\n", "cloudflare-token", cloudflare);
        var proxmox = chance.Uuid();
        yield return new(
            "tf/proxmox.auto.tfvars", $"proxmox_api_token_secret = \"{proxmox}\"\n", "proxmox-token", proxmox);
        var docker = Convert.ToBase64String(Encoding.ASCII.GetBytes($"robot:{chance.Of(20)}"));
        yield return new(
            "docker/config.json", $"{{\"auths\": {{\"r\": {{\"auth\": \"{docker}\"}}}}}}\n", "docker-auth", docker);
        var bootstrap = $"{chance.Of(6, Chance.Lower)}.{chance.Of(15, Chance.Lower)}7";
        yield return new("talos/controlplane.yaml", $"machine:\n  token: {bootstrap}\n", "bootstrap-token", bootstrap);
        var box = chance.Base64(32);
        yield return new(
            "talos/cluster.yaml", $"cluster:\n  secretboxEncryptionSecret: {box}\n", "talos-secret", box);
        (string Path, string Before, string After)[] places =
        [
            ("app/values.yaml", "db:\n  adminPassword: ", "\n"), ("app/a.yml", "api-key: '", "'\n"),
            ("app/a.json", "{ \"clientSecret\": \"", "\" }\n"), ("app/a.toml", "secret_key = \"", "\"\n"),
            ("app/a.ini", "[a]\npassword = ", "\n"), ("app/b.env", "DB_PASSWORD_1=", "\n"),
            ("app/a.cs", "var apiToken = \"", "\";\n"), ("app/a.go", "secret := \"", "\"\n"),
            ("app/a.py", "os.environ[\"API_TOKEN\"] = \"", "\"\n"), ("app/a.ts", "const authToken = '", "'\n"),
            ("app/b.cs", "Set(\"DB_PASSWORD\", \"", "\");\n"), ("app/a.xml", "<password>", "</password>\n"),
            ("app/.npmrc", "//registry.npmjs.org/:_authToken=", "\n"), ("app/a.sh", "export SESSION_SECRET=", "\n"),
            ("app/deployment.yaml", "env:\n  - name: DB_PASSWORD\n    value: ", "\n"),
            ("app/wg.conf", "[Interface]\nPrivateKey = ", "\n"),
        ];
        foreach (var (path, before, after) in places)
        {
            var secret = chance.Of(32);
            yield return new(path, before + secret + after, "password", secret);
        }

        var hex = chance.Hex(40);
        yield return new("app/c.env", $"APP_SECRET={hex}\n", "password", hex);
        var windows = chance.Of(32);
        yield return new("app/windows.ps1", $"\uFEFF$password = \"{windows}\"\r\n", "password", windows);
    }

    private static IEnumerable<Leak> Objects()
    {
        const string Head = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: database\n";
        yield return new(
            "deploy/secret.yaml",
            $"{Head}stringData:\n  user: app\n  password: swordfish\n", "kubernetes-secret", "app");
        var encoded = Convert.ToBase64String("swordfish"u8);
        yield return new("deploy/data.yaml", $"{Head}data:\n  password: {encoded}\n", "kubernetes-secret", encoded);
        yield return new(
            "deploy/several.yaml",
            $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: a }}\n---\n{Head}data: {{ password: {encoded} }}\n",
            "kubernetes-secret", encoded);
        yield return new(
            "deploy/list.json",
            "{\"apiVersion\": \"v1\", \"kind\": \"List\", \"items\": [\n"
            + "\t{\"apiVersion\": \"v1\", \"kind\": \"Secret\",\n"
            + "\t \"metadata\": {\"name\": \"a\"}, \"stringData\": {\"password\": \"" + "swordfish" + "\"}}]}\n",
            "kubernetes-secret", "\"swordfish");
        yield return new("secrets/prod/values.yaml", "database:\n  user: app\n", "unencrypted-file", "database");
        yield return new(
            "secrets/prod/half.yaml", $"{Head}stringData:\n  password: swordfish\n", "unencrypted-file", "apiVersion");
        yield return new("secrets/prod/token.txt", "swordfish\n", "unencrypted-file", "swordfish");
        yield return new(
            "selected/prod.yaml", "plain: one\nsecret: swordfish\n", "unencrypted-value", "swordfish");
        yield return new(
            "selected/secret.yaml", $"{Head}data:\n  password: {encoded}\n", "unencrypted-value", encoded);
    }
}
