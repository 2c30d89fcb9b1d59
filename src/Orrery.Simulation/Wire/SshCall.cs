using System.Text.RegularExpressions;
using Orrery.Engine.Ports;

namespace Orrery.Simulation.Wire;

/// <summary>What a call of <c>ssh</c> asks for: https://man.openbsd.org/ssh.1 and ssh_config.5.</summary>
internal sealed partial record SshCall
{
    // The letters that take a value.
    private const string Valued = "BbcDEeFIiJLlmOoPpQRSWw";

    public string Host { get; private init; } = "";

    public string User { get; private init; } = "root";

    /// <summary>Empty for a forward.</summary>
    public string Command { get; private init; } = "";

    /// <summary>Host and port of <c>-W</c>, or null.</summary>
    public string? Forward { get; private init; }

    /// <summary>Each as type and base64.</summary>
    public IReadOnlyList<string> KnownKeys { get; private init; } = [];

    /// <summary>It looks into the person's own <c>known_hosts</c>, as it does unless another file is named.</summary>
    public bool ReadsKnownHosts { get; private init; } = true;

    /// <summary>Null where the words are no call of ssh.</summary>
    public static SshCall? Read(ProcessRequest request)
    {
        var words = request.Arguments;
        var call = new SshCall();
        var index = 0;
        for (; index < words.Count && words[index].StartsWith('-') && words[index] != "--"; index++)
        {
            var word = words[index];
            if (word.Length < 2 || !Valued.Contains(word[1], StringComparison.Ordinal))
                continue;
            var value = word.Length > 2 ? word[2..] : index + 1 < words.Count ? words[++index] : null;
            if (value is null)
                return null;
            call = call.With(word[1], value);
        }

        if (index < words.Count && words[index] == "--")
            index++;
        if (index >= words.Count)
            return null;
        var target = words[index].Split('@', 2);
        return call with
        {
            Host = target[^1],
            User = target.Length > 1 ? target[0] : call.User,
            Command = string.Join(' ', words.Skip(index + 1)),
        };
    }

    private SshCall With(char letter, string value) => letter switch
    {
        'l' => this with { User = value },
        'W' => this with { Forward = value },
        'o' when value.StartsWith("KnownHostsCommand=", StringComparison.Ordinal) => this with
        {
            // The command prints a line for each key: the name of the host, the type and the base64.
            KnownKeys = [.. KnownLine().Matches(value).Select(match => match.Groups["key"].Value)],
        },
        'o' when value.StartsWith("UserKnownHostsFile=", StringComparison.Ordinal) =>
            this with { ReadsKnownHosts = false },
        'o' when value.StartsWith("User=", StringComparison.Ordinal) => this with { User = value["User=".Length..] },
        _ => this,
    };

    [GeneratedRegex(@"\S+ (?<key>(ssh|ecdsa)-[\w@.-]+ [A-Za-z0-9+/=]+)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex KnownLine();
}
