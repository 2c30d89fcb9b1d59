using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Orrery.Model.Values;

/// <summary>Assertions about our own code: a failure is a bug of Orrery and ends the process.</summary>
public static class Invariant
{
    public static void Check([DoesNotReturnIf(false)] bool holds, string what)
    {
        if (!holds)
            throw new InvariantException(what);
    }

    /// <summary>The same with a message that is only put together when it is needed.</summary>
    public static void Check(
        [DoesNotReturnIf(false)] bool holds,
        [InterpolatedStringHandlerArgument(nameof(holds))] ref InvariantMessage what)
    {
        if (!holds)
            throw new InvariantException(what.ToText());
    }
}

/// <summary>An interpolated message that costs nothing while the assertion holds.</summary>
[InterpolatedStringHandler]
public ref struct InvariantMessage
{
    private DefaultInterpolatedStringHandler _text;

    public InvariantMessage(int literalLength, int formattedCount, bool holds, out bool isNeeded)
    {
        isNeeded = !holds;
        _text = holds ? default : new DefaultInterpolatedStringHandler(literalLength, formattedCount);
    }

    public void AppendLiteral(string text) => _text.AppendLiteral(text);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public string ToText() => _text.ToStringAndClear();
}

/// <summary>An assertion about our own code that did not hold: "this is a bug in Orrery".</summary>
public sealed class InvariantException(string what) : Exception(what);
