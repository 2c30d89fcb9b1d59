using System.Text;
using Orrery.Cli.Composition;

namespace Orrery.Cli.Simulating;

/// <summary>
/// Programs that <c>orrery up</c> runs instead of the system's own, as scripts in a folder that only we may enter. An
/// agent and what loads it are the real ones: they need no world.
/// </summary>
internal static class StandIns
{
    /// <summary>
    /// Hands a call of ssh over as <see cref="SshDoor"/> reads it. The keys are those that the agent offers.
    /// </summary>
    private const string Ssh =
        """
        #!/bin/bash
        # Stands for ssh towards simulated machines.
        forward=
        arguments=()
        for word in "$@"; do
          [[ $word == -W ]] && forward=1
          arguments+=("$(printf %s "$word" | base64 -w0)")
        done
        if ! exec 3<>/dev/tcp/127.0.0.1/PORT; then
          echo "ssh: connect to host simulated port 22: Connection refused" >&2
          exit 255
        fi
        printf '%s\n%s\n%s\n' SECRET "${arguments[*]}" "$(ssh-add -L 2>/dev/null | cut -d' ' -f1,2 | base64 -w0)" >&3
        if [[ -n $forward ]]; then
          read -r code <&3 || exit 255
          if [[ $code == 0 ]]; then
            # A job in the background has no input unless it is given as another number.
            exec 4<&0
            cat <&3 &
            cat <&4 >&3 &
            wait -n
            kill $(jobs -p) 2>/dev/null
            exit 0
          fi
        else
          { base64 -w0; echo; } >&3
          read -r code <&3 || exit 255
        fi
        read -r output <&3
        read -r error <&3
        printf %s "$output" | base64 -d
        printf %s "$error" | base64 -d >&2
        exit "$code"

        """;

    /// <summary>The real git, with a repository that is on this computer in the place of the declared one.</summary>
    private const string Git =
        """
        #!/bin/sh
        # Stands for git towards the simulated repository.
        exec git -c url."FOLDER".insteadOf="URL" "$@"

        """;

    /// <summary>
    /// Called by git when it holds the references of a push: https://git-scm.com/docs/githooks#_reference_transaction.
    /// </summary>
    private const string Hook =
        """
        #!/bin/bash
        # Asks the simulated repository whether a push is accepted.
        [[ $1 == prepared ]] || exit 0
        exec 3<>/dev/tcp/127.0.0.1/PORT || exit 1
        { echo SECRET; cat; echo; } >&3
        read -r problem <&3 || exit 1
        [[ -z $problem ]] || { echo "error: $problem" >&2; exit 1; }

        """;

    public static string WriteSsh(string folder, CallDoor door) => Write(folder, "simulated-ssh", Calling(Ssh, door));

    public static void WriteHook(string repository, CallDoor door) =>
        Write(Path.Combine(repository, "hooks"), "reference-transaction", Calling(Hook, door));

    public static string WriteGit(string folder, string repository, string url) => Write(
        folder, "simulated-git",
        Git.Replace("FOLDER", repository, StringComparison.Ordinal).Replace("URL", url, StringComparison.Ordinal));

    private static string Calling(string script, CallDoor door) => script
        .Replace("PORT", $"{door.Port}", StringComparison.Ordinal)
        .Replace("SECRET", door.Secret, StringComparison.Ordinal);

    private static string Write(string folder, string name, string text)
    {
        var path = Path.Combine(folder, name);
        StateFolder.WriteForOwner(path, Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n")));
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
