using System.Buffers;

namespace Orrery.Secrets.Guard.Values;

/// <summary>A token that says by its beginning what it is.</summary>
/// <param name="Length">How many letters of the alphabet follow the prefix.</param>
internal sealed record TokenShape(
    GuardRule Rule, IReadOnlyList<string> Prefixes, SearchValues<char> Alphabet, Range Length)
{
    /// <summary>How much of a text is such a token; 0 for none.</summary>
    public int Match(ReadOnlySpan<char> text, string prefix)
    {
        var rest = text[prefix.Length..];
        var run = Alphabets.Run(rest, Alphabet);
        return run >= Length.Start.Value && run <= Length.End.Value && !Placeholder.Is(rest[..run])
            ? prefix.Length + run
            : 0;
    }
}

/// <summary>
/// The tokens that are known by their prefix, as those who give them document them. The lengths are what they document
/// as least, and generous above: they grow with the years.
/// </summary>
internal static class TokenShapes
{
    private const int LengthMax = 4096;

    public static IReadOnlyList<TokenShape> All { get; } =
    [
        // https://age-encryption.org/v1, and its plugins: https://c2sp.org/age-plugin
        Key("age-identity", "an age identity", Alphabets.Bech32, 50, "AGE-SECRET-KEY-1", "AGE-SECRET-KEY-PQ-1"),
        Key("age-plugin-identity", "an identity of an age plugin", Alphabets.Plugin, 16, "AGE-PLUGIN-"),
        // https://github.blog/engineering/behind-githubs-new-authentication-token-formats/
        Of("github-token", "a token of GitHub", Alphabets.Dotted, 36, "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        Of("github-token", "a token of GitHub", Alphabets.Word, 36, "github_pat_"),
        // https://docs.gitlab.com/security/tokens/#token-prefixes
        Of("gitlab-token", "a token of GitLab", Alphabets.Dotted, 20, "glpat-", "gldt-", "glrt-", "glptt-", "glft-",
            "glimt-", "glagent-", "gloas-", "glsoat-", "glcbt-", "glffct-", "glwt-"),
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
        Exactly("aws-access-key", "an access key of AWS", Alphabets.Base32, 16, "AKIA", "ASIA", "ABIA", "ACCA"),
        // https://docs.slack.dev/authentication/tokens
        Of("slack-token", "a token of Slack", Alphabets.Url, 20, "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-",
            "xoxe.", "xapp-"),
        Of("slack-webhook", "a webhook of Slack", Alphabets.Path, 30, "https://hooks.slack.com/services/"),
        // https://developer.hashicorp.com/vault/docs/concepts/tokens: service, batch and recovery tokens.
        Of("vault-token", "a token of Vault", Alphabets.Url, 24, "hvs.", "hvb.", "hvr."),
        // https://developers.cloudflare.com/fundamentals/api/get-started/token-formats
        Of("cloudflare-token", "a token of Cloudflare", Alphabets.Url, 40, "cfk_", "cfut_", "cfat_"),
        Of("docker-token", "a token of Docker Hub", Alphabets.Url, 24, "dckr_pat_", "dckr_oat_"),
        Exactly("npm-token", "a token of npm", Alphabets.Alphanumeric, 36, "npm_"),
        // https://warehouse.pypa.io/development/token-scanning.html: a macaroon that begins like this.
        Of("pypi-token", "a token of PyPI", Alphabets.Url, 50, "pypi-AgE"),
        Exactly("google-key", "an API key of Google", Alphabets.Url, 35, "AIza"),
        Exactly("google-client-secret", "a client secret of Google", Alphabets.Url, 28, "GOCSPX-"),
        Of("google-token", "a token of Google", Alphabets.Url, 40, "ya29."),
        // https://docs.stripe.com/keys
        Of("stripe-key", "a key of Stripe", Alphabets.Alphanumeric, 16, "sk_live_", "rk_live_", "sk_test_",
            "rk_test_", "whsec_"),
        // https://tailscale.com/kb/1277/key-prefixes
        Of("tailscale-key", "a key of Tailscale", Alphabets.Url, 16, "tskey-auth-", "tskey-api-", "tskey-client-",
            "tskey-scim-", "tskey-webhook-"),
        // https://docs.k3s.io/cli/token: a hash of the authority, and a user with a password.
        Of("k3s-token", "a join token of K3s", Alphabets.Hex, 64, "K10"),
        // https://docs.digitalocean.com/reference/api/
        Exactly("digitalocean-token", "a token of DigitalOcean", Alphabets.Hex, 64, "dop_v1_", "doo_v1_", "dor_v1_"),
        Of("grafana-token", "a token of Grafana", Alphabets.Base64, 32, "glc_"),
        Of("grafana-token", "a token of Grafana", Alphabets.Word, 32, "glsa_"),
        Exactly("pulumi-token", "a token of Pulumi", Alphabets.Hex, 40, "pul-"),
        Of("anthropic-key", "a key of Anthropic", Alphabets.Url, 40, "sk-ant-"),
        Of("openai-key", "a key of OpenAI", Alphabets.Url, 40, "sk-proj-", "sk-svcacct-"),
        Of("huggingface-token", "a token of Hugging Face", Alphabets.Alphanumeric, 34, "hf_"),
        Of("sendgrid-key", "a key of SendGrid", Alphabets.Dotted, 66, "SG."),
        Of("sentry-token", "a token of Sentry", Alphabets.Url, 40, "sntrys_", "sntryu_"),
        Of("doppler-token", "a token of Doppler", Alphabets.Alphanumeric, 40, "dp.pt.", "dp.st.", "dp.ct."),
        Exactly("shopify-token", "a token of Shopify", Alphabets.Hex, 32, "shpat_", "shpca_", "shppa_", "shpss_"),
        Exactly("rubygems-token", "a token of RubyGems", Alphabets.Hex, 48, "rubygems_"),
        Of("azure-storage-key", "a key of Azure Storage", Alphabets.Base64, 86, "AccountKey="),
    ];

    /// <summary>Each prefix with its shape; of two that fit the longer is right.</summary>
    public static IReadOnlyList<(string Prefix, TokenShape Shape)> ByPrefix { get; } =
    [
        .. All.SelectMany(shape => shape.Prefixes.Select(prefix => (prefix, shape)))
            .OrderByDescending(row => row.prefix.Length).ThenBy(row => row.prefix, StringComparer.Ordinal),
    ];

    private static TokenShape Of(
        string name, string title, SearchValues<char> alphabet, int lengthMin, params string[] prefixes) =>
        new(new GuardRule(name, GuardKind.Token, title), prefixes, alphabet, lengthMin..LengthMax);

    private static TokenShape Exactly(
        string name, string title, SearchValues<char> alphabet, int length, params string[] prefixes) =>
        new(new GuardRule(name, GuardKind.Token, title), prefixes, alphabet, length..length);

    private static TokenShape Key(
        string name, string title, SearchValues<char> alphabet, int lengthMin, params string[] prefixes) =>
        new(new GuardRule(name, GuardKind.PrivateKey, title), prefixes, alphabet, lengthMin..LengthMax);
}
