using System.Text.Json.Nodes;
using Orrery.Engine.Ports;

namespace Orrery.Providers.Vault;

/// <summary>
/// One document that several writers change at once. A change is a read and a write that names the version read, again
/// and again until no other writer came between; so nobody's value is lost.
/// </summary>
/// <param name="path">Below the mount, for example <c>clusters/prod</c>.</param>
public sealed class KeyValueDocument(KeyValueEngine engine, string path)
{
    /// <summary>
    /// With each attempt at least one writer gets on; so this many writers, and their faults, may compete.
    /// </summary>
    private const int AttemptsMax = 200;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan PauseMax = TimeSpan.FromSeconds(2);

    /// <summary>A write as the engine sends it: what was, what shall be, and the version that it follows.</summary>
    private delegate Task<int> Write(KeyValueRead before, JsonObject wanted, CancellationToken cancellation);

    /// <summary>
    /// Changes the document and gives the version in which the change stands. What the document has no word about, the
    /// change must leave as it finds it.
    /// </summary>
    /// <param name="change">
    /// Gets the fields, none where there is no document, and gives what they shall be. It may be asked several times
    /// and must say what shall be (set, remove), not what to add: on what it gave before it changes nothing.
    /// </param>
    public Task<KeyValueChange> ChangeAsync(
        Func<JsonObject, JsonObject> change, OperationContext? operation, CancellationToken cancellation) =>
        RunAsync(
            change,
            (before, wanted, token) => engine.WriteAsync(path, wanted, before.Version, operation, token),
            operation, cancellation);

    /// <summary>Sets one field. Only it goes over the wire where there is a document already.</summary>
    /// <param name="value">Secret.</param>
    public Task<KeyValueChange> SetAsync(
        string field, string value, OperationContext? operation, CancellationToken cancellation) =>
        RunAsync(
            fields =>
            {
                fields[field] = value;
                return fields;
            },
            (before, wanted, token) => before is KeyValueRead.Present
                ? engine.PatchAsync(path, new JsonObject { [field] = value }, before.Version, operation, token)
                : engine.WriteAsync(path, wanted, before.Version, operation, token),
            operation, cancellation);

    private async Task<KeyValueChange> RunAsync(
        Func<JsonObject, JsonObject> change, Write write, OperationContext? operation, CancellationToken cancellation)
    {
        (int Version, JsonObject Fields)? unknown = null;
        for (var attempt = 1; attempt <= AttemptsMax; attempt++)
        {
            var read = await engine.ReadAsync(path, null, operation, cancellation);
            if (unknown is { } sent && read.Version >= sent.Version)
            {
                if (await IsThereAsync(sent.Version, sent.Fields, read, operation, cancellation))
                    return new KeyValueChange(sent.Version, true);
                // Another writer's stands in its place, so it can never arrive.
                unknown = null;
            }

            var before = read is KeyValueRead.Present { Data: var data } ? data : [];
            var wanted = change(before.DeepClone().AsObject());
            if (JsonNode.DeepEquals(before, wanted))
                return new KeyValueChange(read.Version, false);
            try
            {
                return new KeyValueChange(await write(read, wanted, cancellation), true);
            }
            catch (ProviderException exception) when (exception.CloudCode == VaultErrors.CheckAndSet)
            {
                // Another writer was first. An earlier write of ours with the same base may be that writer.
            }
            catch (ProviderException exception) when (exception.MayHaveHappened)
            {
                // It may still be on its way; but whatever follows it names the same version, so one of them wins.
                unknown = (read.Version + 1, wanted);
            }

            await PauseAsync(attempt, cancellation);
        }

        throw new ProviderException(
            ProviderErrorCode.Locked, $"'{path}' in Vault was still being changed after {AttemptsMax} attempts");
    }

    private async Task<bool> IsThereAsync(
        int version, JsonObject fields, KeyValueRead current, OperationContext? operation,
        CancellationToken cancellation)
    {
        var read = current.Version == version
            ? current
            : await engine.ReadAsync(path, version, operation, cancellation);
        return read is KeyValueRead.Present { Data: var data } && JsonNode.DeepEquals(data, fields);
    }

    // Anywhere up to a bound that grows: writers that met do not meet again.
    private Task PauseAsync(int attempt, CancellationToken cancellation)
    {
        var bound = FirstPause * Math.Pow(2, Math.Min(attempt, 10));
        var pause = (bound < PauseMax ? bound : PauseMax) * engine.Client.Random.NextDouble();
        return Task.Delay(pause, engine.Client.Time, cancellation);
    }
}

/// <summary>What became of a change.</summary>
/// <param name="Version">The version that has what was asked for.</param>
/// <param name="IsWritten">False where the document had it already.</param>
public sealed record KeyValueChange(int Version, bool IsWritten);
