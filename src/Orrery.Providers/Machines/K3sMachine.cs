using System.Buffers;
using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Machines;

/// <summary>
/// What a machine must be to run K3s, as one value: outputs that are not known yet stand in it as such, so that the
/// graph gets its edges from it. <see cref="UserData"/> makes of it what a machine boots from.
/// </summary>
internal static class K3sMachine
{
    public const string TokenPath = "/etc/rancher/k3s/token";
    public const string KubeconfigPath = "/etc/rancher/k3s/k3s.yaml";

    private static readonly SearchValues<char> PlainCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+:=,@-");

    /// <summary>
    /// Throws <see cref="ProviderErrorCode.Invalid"/> for a path or word that would not reach a script as it is.
    /// </summary>
    public static Value.Map Specification(MachineInput input) => Value.MapOf(
        ("hostname", Plain(input.Hostname)),
        ("hostKey", Value.MapOf(
            ("private", Hidden(input.OneTimeHostKey.Private)), ("public", input.OneTimeHostKey.Public))),
        ("floatingIp", input.FloatingIp),
        ("volumes", Value.ListOf(input.Volumes.Select(volume => (Value)Value.MapOf(
            ("device", volume.Device), ("mountPath", PathOf(volume.MountPath)))))),
        ("kept", Value.ListOf(input.K3s.Kept.Select(Kept))),
        ("k3s", Value.MapOf(("version", Plain(input.K3s.Version)), ("config", Config(input)))),
        ("k9s", Plain(input.K9sVersion)),
        ("manifests", new Value.Map(input.K3s.Manifests.Map((name, text) =>
        {
            Plain(name);
            return (Value)text;
        }))));

    /// <summary>The configuration file of K3s: https://docs.k3s.io/cli/server.</summary>
    private static Value.Map Config(MachineInput input)
    {
        var (k3s, ip) = (input.K3s, input.FloatingIp);
        var config = Value.MapOf(
            ("node-name", input.Hostname),
            ("secrets-encryption", true),
            ("write-kubeconfig-mode", "0600")).Fields;
        if (ip is not Value.Null)
        {
            config = config.With("node-external-ip", ip);
            config = config.With("tls-san", Value.ListOf([ip]));
        }

        if (k3s.Disable.Count > 0)
            config = config.With("disable", Texts(k3s.Disable));
        if (k3s.LocalStoragePath is { } path)
            config = config.With("default-local-storage-path", PathOf(path));
        if (k3s.ApiServerArguments.Count > 0)
            config = config.With("kube-apiserver-arg", Texts(k3s.ApiServerArguments));
        if (k3s.HasToken)
            config = config.With("token-file", TokenPath);
        return new Value.Map(config);
    }

    private static Value Kept(KeptPath kept) => Value.MapOf(
        ("path", PathOf(kept.Path)),
        ("owner", Plain(kept.Owner)),
        ("mode", Plain(kept.Mode)),
        ("isFile", kept.IsFile));

    private static Value Hidden(Value value) => value is Value.Sensitive ? value : new Value.Sensitive(value);

    private static Value.List Texts(ValueList<string> texts) => Value.ListOf(texts.Select(text => (Value)text));

    private static Value PathOf(string path) => IsPath(path)
        ? path
        : throw new ProviderException(
            ProviderErrorCode.Invalid,
            $"'{path}' cannot be a path on a machine: absolute, of letters, digits, '.', '_' and '-'");

    private static bool IsPath(string path) => path.StartsWith('/')
        && path[1..].Split('/').All(part => part is not ("" or "." or "..") && IsPlain(part));

    private static Value Plain(string word) => IsPlain(word)
        ? word
        : throw new ProviderException(ProviderErrorCode.Invalid, $"'{word}' cannot stand in a machine's files");

    /// <summary>Nothing that a shell, a unit or a URL would read as more than itself.</summary>
    private static bool IsPlain(string word) => word.Length > 0 && !word.AsSpan().ContainsAnyExcept(PlainCharacters);
}
