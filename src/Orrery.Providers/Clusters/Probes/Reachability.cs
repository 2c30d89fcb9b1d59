using Orrery.Model.Values;
using Orrery.Providers.Kubernetes;

namespace Orrery.Providers.Clusters.Probes;

/// <summary>What a pod said when it was asked whom it reaches.</summary>
/// <param name="Output">A line for each that does not answer it, with its address and port first.</param>
/// <param name="Problem">Why it could not be asked; null where it could.</param>
internal sealed record PodAnswer(string Output, string? Problem);

/// <summary>Which node does not reach which, as their pods say. Pure.</summary>
/// <param name="Losses">From which node, to which or to the service, and what was said.</param>
/// <param name="Silent">Nodes whose pod could not be asked, with the reason.</param>
internal sealed record Reachability(ValueList<Loss> Losses, ValueMap<string> Silent)
{
    private const int LinesMax = 12;

    public bool IsWhole => Losses.Count == 0 && Silent.Count == 0;

    /// <summary>In one line.</summary>
    public string Summary => Silent.Count > 0
        ? $"{Silent.First().Key} cannot be asked: {KubernetesErrors.Shorten(Silent.First().Value)}"
        : $"closed ways: {Losses.Count}; {Losses[0]}";

    /// <summary>
    /// A few nodes, by name, that are one end of every way that is closed: where to look first. What most ways have in
    /// common comes before what few have.
    /// </summary>
    public ValueList<string> Suspects
    {
        get
        {
            var suspects = new List<string>();
            // A service sends each to any of its pods: who does not reach one of those has said enough.
            var pods = Losses.Where(loss => loss.To is not null).ToList();
            var left = Losses.Where(loss => loss.To is not null || pods.TrueForAll(pod => pod.From != loss.From))
                .ToList();
            while (left.Count > 0)
            {
                var worst = left.Select(loss => loss.From).Concat(left.Select(loss => loss.To).OfType<string>())
                    .GroupBy(node => node, StringComparer.Ordinal)
                    .OrderByDescending(node => node.Count()).ThenBy(node => node.Key, StringComparer.Ordinal)
                    .First().Key;
                suspects.Add(worst);
                left.RemoveAll(loss => loss.From == worst || loss.To == worst);
            }

            return [.. suspects.Order(StringComparer.Ordinal)];
        }
    }

    /// <param name="targets">Address and port of the pod of each node.</param>
    /// <param name="service">Address and port of their service.</param>
    /// <param name="answers">By node.</param>
    public static Reachability Read(
        ValueMap<string> targets, string service, IEnumerable<(string Node, PodAnswer Answer)> answers)
    {
        var nodes = targets.ToDictionary(target => target.Value, target => target.Key, StringComparer.Ordinal);
        var losses = new List<Loss>();
        var silent = ValueMap<string>.Empty;
        foreach (var (node, answer) in answers.OrderBy(answer => answer.Node, StringComparer.Ordinal))
        {
            if (answer.Problem is { } problem)
                silent = silent.With(node, problem);
            foreach (var line in answer.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                var words = line.Split(' ', 2);
                var to = nodes.GetValueOrDefault(words[0]);
                // What is neither is noise of a shell, and nobody's way.
                if (to is not null || words[0] == service)
                    losses.Add(new Loss(node, to, words[0], words.Length > 1 ? words[1] : "it does not answer"));
            }
        }

        return new Reachability(
            [.. losses.OrderBy(loss => loss.From, StringComparer.Ordinal)
                .ThenBy(loss => loss.To ?? "~", StringComparer.Ordinal)],
            silent);
    }

    /// <summary>Several lines for people: what is closed, and where to look.</summary>
    /// <param name="agent">The pods that carry packets, for example <c>cilium</c>.</param>
    /// <param name="isEncrypted">Nodes speak through KubeSpan.</param>
    public string Explain(string agent, bool isEncrypted)
    {
        var lines = Losses.Select(loss => loss.ToString())
            .Concat(Silent.Select(node => $"{node.Key} cannot be asked: {KubernetesErrors.Shorten(node.Value)}"))
            .ToList();
        var more = lines.Count - LinesMax;
        var places = Losses.Count > 0 ? Suspects : [.. Silent.Keys];
        return string.Join('\n', [
            "the network does not carry packets between all pods",
            .. lines.Take(LinesMax),
            .. more > 0 ? [$"and {more} more"] : Array.Empty<string>(),
            $"look at {agent} in kube-system on {string.Join(", ", places)}"
            + (isEncrypted ? ", and whether UDP 51820 is open between the nodes, for KubeSpan" : ""),
        ]);
    }
}

/// <summary>A way that is closed.</summary>
/// <param name="To">The node; null for the service.</param>
/// <param name="Address">And port.</param>
/// <param name="Said">By the program that asked.</param>
internal sealed record Loss(string From, string? To, string Address, string Said)
{
    public override string ToString() =>
        $"{From} does not reach {(To is null ? "services" : To)} ({Address}): {KubernetesErrors.Shorten(Said)}";
}
