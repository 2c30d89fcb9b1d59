using System.Globalization;
using System.Text;
using Orrery.Engine;

namespace Orrery.Cli.Terminal.Runs;

/// <summary>What an upgrade would do, for people.</summary>
internal static class UpgradeText
{
    public static string Of(string platform, UpgradePreview preview)
    {
        var text = new StringBuilder();
        foreach (var cluster in preview.Stages.GroupBy(stage => stage.Cluster, StringComparer.Ordinal))
        {
            text.Append(platform).Append(": the upgrade of ").Append(cluster.Key).Append(", one node at a time\n\n");
            foreach (var (index, stage) in cluster.Index())
            {
                text.Append(CultureInfo.InvariantCulture, $"  {index + 1}. {stage.Title}\n")
                    .Append(CultureInfo.InvariantCulture, $"     {string.Join(", ", stage.Nodes)}\n");
            }

            text.Append('\n');
        }

        return text.Append("A snapshot of etcd is kept first, encrypted beside the state.\n").ToString();
    }
}
