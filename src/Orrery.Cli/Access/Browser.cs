using Orrery.Cli.Composition;
using Orrery.Engine.Ports;

namespace Orrery.Cli.Access;

/// <summary>The user's browser, where somebody sits in front of one.</summary>
internal static class Browser
{
    /// <summary>In the background: Ctrl-C for us is none for the browser.</summary>
    private const string Script = "\"$0\" \"$1\" >/dev/null 2>&1 </dev/null &";

    /// <summary>Shows the page; does nothing without a terminal and without a screen to show it on.</summary>
    public static async Task ShowAsync(
        Host host, IProcessRunner processes, Uri page, CancellationToken cancellation)
    {
        if (!host.Screen.CanAsk || ProgramOf(host) is not { } program)
            return;
        await processes.RunAsync(
            new ProcessRequest
            {
                Program = "sh",
                Arguments = ["-c", Script, program, page.AbsoluteUri],
                Inherited =
                [
                    "BROWSER", "DBUS_SESSION_BUS_ADDRESS", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
                    "XDG_CURRENT_DESKTOP",
                ],
            },
            cancellation);
    }

    private static string? ProgramOf(Host host)
    {
        if (OperatingSystem.IsMacOS())
            return "open";
        var hasScreen = host.Environment("DISPLAY") is not null || host.Environment("WAYLAND_DISPLAY") is not null;
        return OperatingSystem.IsLinux() && hasScreen ? "xdg-open" : null;
    }
}
