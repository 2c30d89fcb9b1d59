using System.Diagnostics;

namespace Orrery.Cli.Terminal;

/// <summary>
/// Completion for shells. Each script asks <c>orrery "[suggest:POSITION]" LINE</c>, which answers one word a line, and
/// leaves to the shell what orrery does not know: the names of files.
/// </summary>
internal static class CompletionScripts
{
    private const string Bash = """
        # Completion of orrery for bash.
        _orrery() {
          local word=${COMP_WORDS[COMP_CWORD]} line=${COMP_LINE:0:COMP_POINT}
          local IFS=$'\n'
          COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:${#line}]" "$line" 2>/dev/null)" -- "$word"))
          [[ ${#COMPREPLY[@]} -gt 0 ]] || COMPREPLY=($(compgen -f -- "$word"))
        }
        complete -o filenames -F _orrery orrery ./orrery

        """;

    private const string Zsh = """
        #compdef orrery
        # Completion of orrery for zsh.
        _orrery() {
          local line="${LBUFFER}" word="${words[CURRENT]}"
          local -a found
          found=("${(@f)$("${words[1]}" "[suggest:${#line}]" "$line" 2>/dev/null)}")
          found=("${(@)found:#}")
          compadd -- "${found[@]}" || _files
        }
        compdef _orrery orrery ./orrery

        """;

    private const string Fish = """
        # Completion of orrery for fish.
        function __orrery_complete
            set -l line (commandline -cp)
            set -l program (commandline -op)[1]
            $program "[suggest:"(string length -- "$line")"]" "$line" 2>/dev/null
        end
        complete -c orrery -a '(__orrery_complete)'

        """;

    private const string Pwsh = """
        # Completion of orrery for PowerShell.
        Register-ArgumentCompleter -Native -CommandName orrery, ./orrery -ScriptBlock {
            param($word, $tree, $position)
            $line = $tree.ToString().PadRight($position)
            & $tree.CommandElements[0].Value "[suggest:$position]" $line 2>$null |
                Where-Object { $_ -like "$word*" } |
                ForEach-Object { [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_) }
        }

        """;

    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish", "pwsh"];

    public static string Of(string shell) => shell switch
    {
        "bash" => Bash,
        "zsh" => Zsh,
        "fish" => Fish,
        "pwsh" => Pwsh,
        _ => throw new UnreachableException(shell),
    };
}
