using Orrery.Model.Diagnostics;

namespace Orrery.Cli.Secrets;

/// <summary>Who can open what of a platform's secrets, and what would be lost with whom.</summary>
/// <param name="Readers">Recovery recipients first, then clusters, then strangers.</param>
/// <param name="Files">In ordinal order of their paths.</param>
/// <param name="Problems">What is missing or wider than it should be.</param>
internal sealed record SecretsReport(
    IReadOnlyList<SecretReader> Readers, IReadOnlyList<SecretFileReport> Files, IReadOnlyList<Diagnostic> Problems);

/// <summary>Somebody who can open files.</summary>
/// <param name="Name">For example <c>recovery 1</c> or <c>cluster prod</c>.</param>
/// <param name="Recipient">An age recipient, or another key by kind and name.</param>
/// <param name="IsAtHand">Its identity is here.</param>
/// <param name="Opens">Paths of the files that it can open.</param>
/// <param name="OpensAlone">Those that nobody else can: what would be lost with it.</param>
internal sealed record SecretReader(
    string Name, string Recipient, bool IsAtHand, IReadOnlyList<string> Opens, IReadOnlyList<string> OpensAlone);

/// <summary>An encrypted file, and what it would mean to lose it.</summary>
/// <param name="State">
/// <c>opens</c>, <c>closed</c> (no identity at hand), <c>plain</c>, <c>damaged</c>, <c>missing</c> or <c>not yet</c>.
/// </param>
internal sealed record SecretFileReport(string Path, string State, IReadOnlyList<string> Readers, string WhenLost);
