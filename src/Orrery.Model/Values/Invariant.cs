using System.Diagnostics.CodeAnalysis;

namespace Orrery.Model.Values;

/// <summary>Assertions about our own code: a failure is a bug of Orrery and ends the process.</summary>
public static class Invariant
{
    public static void Check([DoesNotReturnIf(false)] bool holds, string what)
    {
        if (!holds)
            throw new InvariantException(what);
    }
}

/// <summary>An assertion about our own code that did not hold: "this is a bug in Orrery".</summary>
public sealed class InvariantException(string what) : Exception(what);
