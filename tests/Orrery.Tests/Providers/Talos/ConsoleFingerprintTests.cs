using Orrery.Providers.Talos.Api;

namespace Orrery.Tests.Providers.Talos;

public sealed class ConsoleFingerprintTests
{
    private const string A = "rMWhs9V9Y30sbs9W5KNCgVRReKGrfvV0FwMtqEX4OW8=";
    private const string B = "xA9a1t2dMxB0NJ0qH1pDzilWbA3+DK/DjVbFaJBYheE=";

    [Theory]
    [InlineData($"[ 9.8] [talos] server certificate issued {{\"component\": \"c\", \"fingerprint\": \"{A}\"}}\r\n", A)]
    [InlineData($"[4.6] [talos] task loadConfig (1/1): server certificate fingerprint:\r\n"
        + $"[4.7] [talos] task loadConfig (1/1):   {B}\r\n", B)]
    [InlineData($"server certificate issued {{\"fingerprint\": \"{A}\"}}\n[    0.0] Linux version\n"
        + $"server certificate issued {{\"fingerprint\": \"{B}\"}}\n", B)]
    [InlineData($"talosctl apply-config --insecure --cert-fingerprint '{A}'", null)]
    [InlineData("", null)]
    public void The_newest_fingerprint_on_the_console_is_found(string text, string? expected) =>
        ConsoleFingerprint.Find(text).ShouldBe(expected);
}
