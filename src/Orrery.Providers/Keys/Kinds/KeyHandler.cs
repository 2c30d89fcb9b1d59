using Orrery.Engine.Ports;
using Orrery.Model.Values;

namespace Orrery.Providers.Keys.Kinds;

/// <summary>A key of our own making, at once and of chance alone.</summary>
internal abstract class KeyHandler(KeyFolder folder) : KeptKeyHandler(folder)
{
    protected override Task<ValueMap<string>> NewAsync(
        CreateRequest request, string path, OperationContext operation, CancellationToken cancellation) =>
        Task.FromResult(Make(request.Desired, Folder.Maker(path)));

    /// <summary>A fresh key: texts by name.</summary>
    protected abstract ValueMap<string> Make(Value.Map desired, IKeyMaker maker);
}
