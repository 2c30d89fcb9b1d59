using Orrery.Cli.Invocation;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Diagnostics;
using Orrery.Model.Values;

namespace Orrery.Tests.Cli;

public sealed class FailuresTests
{
    public static TheoryData<Exception, string> Kinds => new()
    {
        { new InvariantException("two and two are five"), "CLI014" },
        { new InvalidOperationException("may quote anything"), "CLI014" },
        { new StateException(StateCodes.Held, "somebody works on this platform", "wait"), "STATE003" },
        { new ProviderException(ProviderErrorCode.Unauthorized, "the token is not accepted"), "CLI013" },
        { new IOException("the disk is full"), "CLI004" },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_failure_is_an_error_with_a_code(Exception failure, string code) =>
        Failures.Describe(failure).Code.ShouldBe(code);

    [Fact]
    public void A_bug_says_where_to_report_it_and_quotes_no_unforeseen_message()
    {
        var text = DiagnosticText.Write(Failures.Describe(new InvalidOperationException("a secret")));
        text.ShouldContain("error: this is a bug in Orrery [CLI014]");
        text.ShouldContain("/issues");
        text.ShouldNotContain("a secret");
    }

    [Fact]
    public void The_vendor_s_request_id_is_told()
    {
        var failure = new ProviderException(ProviderErrorCode.Unavailable, "503 from the cloud")
        {
            RequestId = "ca53a7fe",
        };
        DiagnosticText.Write(Failures.Describe(failure)).ShouldContain("(request ca53a7fe)");
    }
}
