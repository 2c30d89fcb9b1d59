using System.Text;
using Orrery.Tests.Programs;

namespace Orrery.Tests.Simulation.Machines;

/// <summary>What scripts do. Each row is also run with Debian's dash, which says the same.</summary>
public class ShellTests
{
    public static TheoryData<string, string> Scripts => new()
    {
        { "echo a  'b  c' \"d $((1 + 2 * 3))\"", "a b  c d 7\n" },
        { "x=1; y=${x:-2}${z:-3}${z-4}${x:+5}; echo $y", "1345\n" },
        { "f=/a/b/c.tar.gz; echo ${f##*/} ${f%/*} ${f%%.*} ${#f}", "c.tar.gz /a/b /a/b/c 13\n" },
        { "for i in 1 2 3; do [ $i = 2 ] && continue; echo $i; done", "1\n3\n" },
        { "i=0; while [ $i -lt 3 ]; do i=$((i + 1)); done; echo $i", "3\n" },
        { "until false; do echo once; break; done", "once\n" },
        { "case abc in x) echo x;; a*|b) echo yes;; *) echo no;; esac", "yes\n" },
        { "f() { local a=1; echo $a$1; return 3; }; a=0; f 2; echo $? $a", "12\n3 0\n" },
        { "set -- a 'b c'; for i in \"$@\"; do echo \"<$i>\"; done; echo $# \"$*\"", "<a>\n<b c>\n2 a b c\n" },
        { "cat <<EOF\n$((1+1)) \\$x\nEOF", "2 $x\n" },
        { "cat <<'EOF'\n$x\nEOF", "$x\n" },
        { "x=$(printf 'a\\nb\\n\\n'); echo \"$x\"", "a\nb\n" },
        { "printf '%s-%03d\\n' a 7 b 8", "a-007\nb-008\n" },
        { "printf 'b\\na\\nb\\n' | sort -u | tr a-z A-Z | head -n 1", "A\n" },
        { "echo one two | { read a b; echo $b $a; }", "two one\n" },
        { "IFS= read -r line <<EOF\n  x\nEOF\necho \"<$line>\"; set -- $(echo 'p q'); echo $#", "<  x>\n2\n" },
        { "(x=2; exit 4); echo $? $x", "4\n" },
        { "x=$(false) || echo failed; x=$(false); echo $?", "failed\n1\n" },
        { "false | true; echo $?; ! true; echo $?", "0\n1\n" },
        { "set -e; if false; then :; fi; false || echo a; echo b; false; echo c", "a\nb\n" },
        { "set -e; f() { false; echo in; }; f || echo never; f; echo out", "in\n" },
        { "set -u; echo ${x:-ok}; echo $x; echo never", "ok\n" },
        { "trap 'echo bye' EXIT; echo hi; exit 3", "hi\nbye\n" },
        { "echo a >/tmp/f; echo b >>/tmp/f; wc -l </tmp/f; cat /tmp/f", "2\na\nb\n" },
        { "ls /nowhere 2>/dev/null || echo none; ls /nowhere 2>&1 | wc -l", "none\n1\n" },
        { "mkdir -p /tmp/d; cd /tmp/d; touch b a; echo *; echo '*' x*", "a b\n* x*\n" },
        { "eval 'echo $((10 % 4 == 2))'; x=y; eval \"$x=5\"; echo $y", "1\n5\n" },
        { "a=1; a=2 sh -c 'echo $a $0 $1' n p; echo $a", "2 n p\n1\n" },
        { "command -v nothere || echo missing; command -v echo", "missing\necho\n" },
        { "nothere 2>&1; echo $?", "sh: 1: nothere: not found\n127\n" },
        { "if true; then echo x", "" },
        { "echo early\nif fi", "early\n" },
        { "x='a b'; set -- $x; echo $#; set -- \"$x\"; echo $#", "2\n1\n" },
        { "echo \"${x:-\"a b\"}\" ${x:-'c  d'}", "a b c  d\n" },
        { "[ -d /tmp ] && [ ! -e /nope ] && [ 3 -gt 2 -a a != b ] && echo ok", "ok\n" },
        { "echo `echo nested \\`echo deep\\``", "nested deep\n" },
        { "{ echo out; echo err >&2; } 2>/dev/null", "out\n" },
        { "sed -n 's/^a=\\(.*\\)$/\\1/p' <<EOF\na=5\nb=6\nEOF", "5\n" },
        { "echo 'k: v' | grep -q '^k:' && echo found", "found\n" },
        { "echo a,b,c | cut -d, -f2-", "b,c\n" },
    };

    [Theory]
    [MemberData(nameof(Scripts))]
    public void A_script_says(string script, string expected)
    {
        var driver = new MachineDriver();
        driver.Boot();
        driver.Ssh("sh -s", script).Output.ShouldBe(expected);
    }

    public static TheoryData<string, int> Endings => new()
    {
        { "exit 7", 7 },
        { "set -e; false; true", 1 },
        { "set -u; echo $nope", 2 },
        { "if true", 2 },
        { "echo 'open", 2 },
        { "/etc/passwd", 126 },
        { "nothere", 127 },
        { "[ 1 -eq", 2 },
    };

    [Theory]
    [MemberData(nameof(Endings))]
    public void A_script_ends_with(string script, int expected)
    {
        var driver = new MachineDriver();
        driver.Boot();
        driver.Ssh("sh -s", script).ExitCode.ShouldBe(expected);
    }

    [ProgramFact("dash")]
    public async Task Dash_says_and_ends_the_same()
    {
        foreach (var row in Scripts)
            (await DashAsync((string)row[0])).Output.ShouldBe((string)row[1], (string)row[0]);
        foreach (var row in Endings)
            (await DashAsync((string)row[0])).ExitCode.ShouldBe((int)row[1], (string)row[0]);
    }

    [Fact]
    public void Sleep_takes_virtual_time_and_a_busy_loop_does_too()
    {
        var driver = new MachineDriver();
        driver.Boot();
        var start = driver.Agenda.Now;
        driver.Ssh("sleep 90").ExitCode.ShouldBe(0);
        (driver.Agenda.Now - start).ShouldBe(TimeSpan.FromSeconds(90));
        driver.Ssh("timeout 5 sh -c 'while :; do :; done'").ExitCode.ShouldBe(124);
        driver.Ssh("timeout 5 sleep 60").ExitCode.ShouldBe(124);
        start = driver.Agenda.Now;
        driver.Ssh("sleep 30 & sleep 1; wait; echo done").Output.ShouldBe("done\n");
        (driver.Agenda.Now - start).ShouldBe(TimeSpan.FromSeconds(30));
    }

    // Called sh, as the scripts' words have it, and with a folder of its own in place of /tmp.
    private static async Task<(string Output, int ExitCode)> DashAsync(string script)
    {
        const string run = """cd "$1" && ln -s "$(command -v dash)" sh && PATH=$1:$PATH sh -s 2>/dev/null; echo $?""";
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            var input = Encoding.UTF8.GetBytes(script.Replace("/tmp", folder, StringComparison.Ordinal));
            var printed = Encoding.UTF8.GetString(
                await ProgramRun.OutputAsync("dash", input, "-c", run, "dash", folder));
            var last = printed.TrimEnd('\n').LastIndexOf('\n') + 1;
            return (printed[..last], int.Parse(printed[last..]));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
