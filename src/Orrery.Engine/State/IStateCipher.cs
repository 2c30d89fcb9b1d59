using Orrery.Model.Diagnostics;

namespace Orrery.Engine.State;

/// <summary>Encrypts the sensitive values of the state to the platform's recovery recipients.</summary>
public interface IStateCipher
{
    byte[] Seal(ReadOnlySpan<byte> plain);

    /// <summary>Opens what was sealed; throws <see cref="StateException"/> when our identity does not fit.</summary>
    byte[] Open(ReadOnlySpan<byte> sealedBytes);
}

/// <summary>The state cannot be used as it is; says what is wrong and what to do. Nothing was written.</summary>
public sealed class StateException(DiagnosticCode code, string message, string hint) : Exception(message)
{
    public DiagnosticCode Code { get; } = code;

    public string Hint { get; } = hint;
}
