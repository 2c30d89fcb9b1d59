using Orrery.Model.Diagnostics;

namespace Orrery.Engine.State;

/// <summary>
/// Encrypts the sensitive values of the state, each at its place, to the platform's recovery recipients.
/// </summary>
public interface IStateCipher
{
    /// <summary>Begins a document: the state, or one line of the journal.</summary>
    IStateSealer Seal();

    /// <summary>
    /// Opens a document; throws <see cref="StateException"/> when our identity does not fit.
    /// </summary>
    /// <param name="metadata">What <see cref="IStateSealer.Finish"/> gave.</param>
    IStateOpener Open(string metadata);

    /// <summary>Opens the one block of sensitive values that a document of schema 1 has.</summary>
    byte[] OpenBlock(ReadOnlySpan<byte> block);
}

/// <summary>One document that is being written. Values are sealed in the order in which they stand in it.</summary>
public interface IStateSealer : IDisposable
{
    /// <param name="path">The keys from the top to the value, each followed by a colon.</param>
    string Seal(string path, string text);

    /// <summary>What whoever opens it needs: JSON, for the document's key <c>sops</c>.</summary>
    string Finish();
}

/// <summary>One document that is being read, in the same order.</summary>
public interface IStateOpener : IDisposable
{
    /// <summary>Throws <see cref="StateException"/> where it was not sealed for this place.</summary>
    string Unseal(string path, string text);

    /// <summary>Throws <see cref="StateException"/> where a value was left out, added or moved.</summary>
    void Finish();
}

/// <summary>The state cannot be used as it is; says what is wrong and what to do. Nothing was written.</summary>
public sealed class StateException(DiagnosticCode code, string message, string hint) : Exception(message)
{
    public DiagnosticCode Code { get; } = code;

    public string Hint { get; } = hint;
}
