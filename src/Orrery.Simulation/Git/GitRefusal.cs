using System.Diagnostics.CodeAnalysis;

namespace Orrery.Simulation.Git;

/// <summary>
/// Git or its remote says no, in the real one's words (git 2.39 and github.com as people report them).
/// </summary>
[SuppressMessage("Design", "CA1032", Justification = "There is no refusal without an exit code.")]
public sealed class GitRefusal : Exception
{
    private const string Rights =
        "fatal: Could not read from remote repository.\n\nPlease make sure you have the correct access rights\n"
        + "and the repository exists.\n";

    internal GitRefusal(int exitCode, string message)
        : base(message) => ExitCode = exitCode;

    public int ExitCode { get; }

    internal static GitRefusal Fatal(string message) => new(128, $"fatal: {message}\n");

    internal static GitRefusal NoRepository(string url) =>
        Fatal($"'{url}' does not appear to be a git repository\n{Rights.TrimEnd('\n')}");

    internal static GitRefusal NoHost(string url, GitUrl place) => place.IsSsh
        ? new(128, $"ssh: Could not resolve hostname {place.Host}: Name or service not known\n{Rights}")
        : Fatal($"unable to access '{Slashed(url)}': Could not resolve host: {place.Host}");

    internal static GitRefusal Denied(string url, GitUrl place, GitAccess access, string who, bool hasToken) =>
        (place.IsSsh, access) switch
        {
            (true, GitAccess.Unknown) => new(128, $"git@{place.Host}: Permission denied (publickey).\n{Rights}"),
            (true, GitAccess.None) => new(128, $"ERROR: Repository not found.\n{Rights}"),
            (true, _) => new(
                128, $"ERROR: The key you are authenticating with has been marked as read only.\n{Rights}"),
            (false, GitAccess.Unknown) when !hasToken =>
                Fatal($"could not read Username for 'https://{place.Host}': terminal prompts disabled"),
            (false, GitAccess.Unknown) => new(
                128,
                "remote: Invalid username or token. Password authentication is not supported for Git operations.\n"
                + $"fatal: Authentication failed for '{Slashed(url)}'\n"),
            (false, GitAccess.None) => new(
                128, $"remote: Repository not found.\nfatal: repository '{Slashed(url)}' not found\n"),
            _ => new(
                128,
                $"remote: Permission to {place.Path}.git denied to {who}.\n"
                + $"fatal: unable to access '{Slashed(url)}': The requested URL returned error: 403\n"),
        };

    internal static GitRefusal Rejected(string url, string what, string why)
    {
        var hint = why switch
        {
            "fetch first" => "hint: Updates were rejected because the remote contains work that you do not\n"
                + "hint: have locally.\n",
            "non-fast-forward" => "hint: Updates were rejected because the tip of your current branch is behind\n",
            _ => "",
        };
        return new(
            1, $"To {url}\n ! [rejected]        {what} ({why})\nerror: failed to push some refs to '{url}'\n{hint}");
    }

    internal static GitRefusal Protected(string url, string what, string reference) => new(
        1,
        $"remote: error: GH006: Protected branch update failed for {reference}.\n"
        + "remote: error: Changes must be made through a pull request.\n"
        + $"To {url}\n ! [remote rejected] {what} (protected branch hook declined)\n"
        + $"error: failed to push some refs to '{url}'\n");

    private static string Slashed(string url) => url.TrimEnd('/') + "/";
}
