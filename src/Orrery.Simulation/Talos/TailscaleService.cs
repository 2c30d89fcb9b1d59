using Orrery.Model.Values;
using Orrery.Simulation.Edge;

namespace Orrery.Simulation.Talos;

/// <summary>
/// Tailscale's extension on a node, as https://github.com/siderolabs/extensions/tree/main/network/tailscale runs it: it
/// waits for a document with its variables, logs in by the key in them, and keeps who it is on the disk.
/// </summary>
/// <param name="node">Where it runs.</param>
/// <param name="tailnet">What it joins.</param>
internal sealed class TailscaleService(TalosNode node, Tailnet tailnet)
{
    /// <summary>As Talos calls an extension's service.</summary>
    public const string Id = "ext-tailscale";

    private const string Extension = "siderolabs/tailscale";

    /// <summary>Assumed: from the container's start to the first packet.</summary>
    private static readonly TimeSpan Joining = TimeSpan.FromSeconds(3);

    /// <summary>Talos starts a service again after as long.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private ValueMap<string>? _variables;
    private int _starts;

    /// <summary>Whether the image has it.</summary>
    public bool IsThere => node.Image?.Extensions.Contains(Extension) == true;

    /// <summary>As Talos lists it.</summary>
    public string State => _variables is null ? "Waiting" : "Running";

    /// <summary>Starts it, or starts it anew where its variables are others than before.</summary>
    public void Look()
    {
        var wanted = IsThere ? node.Settings?.VariablesOf("tailscale") : null;
        if (Equals(wanted, _variables))
            return;
        Stop();
        _variables = wanted;
        if (wanted is not null)
            Start(wanted, ++_starts);
    }

    public void Stop()
    {
        (_variables, _) = (null, ++_starts);
        if (Self is { } self)
            self.IsOnline = false;
    }

    private TailnetMember? Self =>
        node.Installation?.TailnetIdentity is { } identity ? tailnet.Find(identity) : null;

    private void Start(ValueMap<string> variables, int start) => node.After(Joining, () =>
    {
        if (start != _starts || node.Installation is not { } installed)
            return;
        installed.TailnetIdentity ??= node.NewIdentity();
        if (Self is { } known && Flag(variables, "TS_AUTH_ONCE"))
        {
            GoOnline(known, variables);
            return;
        }

        // Without a key it shows where a person would let it in, and waits.
        if (!variables.TryGetValue("TS_AUTHKEY", out var key))
            return;
        var name = variables.TryGetValue("TS_HOSTNAME", out var given) ? given : node.HostName;
        if (tailnet.Join(installed.TailnetIdentity, name, key, LoginServer(variables)) is { } refusal)
        {
            node.Say($"{Id}: backend error: invalid key: {refusal}");
            node.After(Again, () =>
            {
                if (start == _starts)
                    Start(variables, start);
            });
            return;
        }

        GoOnline(Self!, variables);
    });

    private static void GoOnline(TailnetMember self, ValueMap<string> variables)
    {
        self.IsOnline = true;
        self.Offered = variables.TryGetValue("TS_ROUTES", out var routes)
            ? [.. routes.Split(',', StringSplitOptions.RemoveEmptyEntries)]
            : [];
        self.AcceptsRoutes = Arguments(variables).Contains("--accept-routes");
    }

    private static bool Flag(ValueMap<string> variables, string name) =>
        variables.TryGetValue(name, out var text) && text == "true";

    private static string? LoginServer(ValueMap<string> variables) => Arguments(variables)
        .Where(argument => argument.StartsWith("--login-server=", StringComparison.Ordinal))
        .Select(argument => argument["--login-server=".Length..]).FirstOrDefault();

    private static string[] Arguments(ValueMap<string> variables) =>
        variables.TryGetValue("TS_EXTRA_ARGS", out var text) ? text.Split(' ') : [];
}
