using Orrery.Engine.Ports;
using Orrery.Secrets.Age;

namespace Orrery.Providers.Keys;

/// <summary>What making and keeping keys needs of its surroundings.</summary>
public sealed record KeysEnvironment
{
    public required TimeProvider Time { get; init; }

    public required IKeyMaker Maker { get; init; }

    /// <summary>The declaration's folder, where people commit what is written.</summary>
    public required IStateFiles Files { get; init; }

    public required IWriterGuard Guard { get; init; }

    /// <summary>Who can open the files: the platform's recovery recipients. Never empty.</summary>
    public required IReadOnlyList<IRecipient> Recipients { get; init; }

    /// <summary>Our own, asked for when the first file is opened.</summary>
    public required Func<IReadOnlyList<IKeyHolder>> Identities { get; init; }
}
