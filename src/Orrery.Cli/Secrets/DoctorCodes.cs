using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Secrets;

/// <summary>What can be wrong with a platform's secrets as a whole.</summary>
internal static class DoctorCodes
{
    public static readonly DiagnosticCode Missing = Warning(
        "DOCTOR001",
        "a key of the platform is not there",
        "Each key stands in a file below `secrets/`, made by the first `orrery up` and committed. A platform that is "
        + "up without one cannot be made again as it was.");

    public static readonly DiagnosticCode ShutOut = Warning(
        "DOCTOR002",
        "somebody who should be able to open a file cannot",
        "The file was encrypted before the recipient was declared. The next `orrery up` wraps it for all of them.");

    public static readonly DiagnosticCode OneRoot = Warning(
        "DOCTOR003",
        "there is one recovery recipient",
        "Who loses its identity loses every secret of the platform. A second one, kept elsewhere, costs nothing.");

    public static readonly DiagnosticCode NoRoot = Warning(
        "DOCTOR004",
        "no recovery identity is at hand",
        "Who can open a file stands in it in clear; whether it is whole only shows when it is opened.");

    public static readonly DiagnosticCode Rules = Warning(
        "DOCTOR005",
        "the rules for encrypted files are not those of the platform",
        "`.sops.yaml` says for whom a new file is encrypted: the recovery recipients, and for a cluster's folder that "
        + "cluster.");

    public static DiagnosticFamily Family { get; } = new(
        "DOCTOR", "secrets of a platform", "Found by `orrery secret doctor`.",
        [Missing, ShutOut, OneRoot, NoRoot, Rules]);

    private static DiagnosticCode Warning(string code, string summary, string explanation) =>
        new(code, summary, explanation) { Severity = Severity.Warning };
}
