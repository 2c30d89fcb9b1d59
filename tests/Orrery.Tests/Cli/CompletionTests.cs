using System.Text;
using Orrery.Cli.Terminal;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Cli;

public sealed class CompletionTests
{
    [ProgramFact("bash")]
    public async Task The_script_for_bash_is_one() =>
        (await ProgramRun.OutputAsync("bash", Bytes("bash"), "-n")).ShouldBeEmpty();

    [ProgramFact("bash")]
    public async Task Bash_completes_what_orrery_suggests()
    {
        const string ask = """
            orrery() { [[ $1 == "[suggest:9]" && $2 == "orrery va" ]] && printf 'validate\n'; }
            COMP_LINE="orrery va" COMP_POINT=9 COMP_CWORD=1 COMP_WORDS=(orrery va)
            _orrery
            printf '%s\n' "${COMPREPLY[@]}"
            """;
        var said = await ProgramRun.OutputAsync("bash", [.. Bytes("bash"), .. Encoding.UTF8.GetBytes(ask)]);
        Encoding.UTF8.GetString(said).ShouldBe("validate\n");
    }

    private static byte[] Bytes(string shell) => Encoding.UTF8.GetBytes(CompletionScripts.Of(shell));
}
