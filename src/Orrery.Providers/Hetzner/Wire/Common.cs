using Orrery.Model.Values;

namespace Orrery.Providers.Hetzner.Wire;

/// <summary>What every labelled thing at Hetzner has.</summary>
internal interface ILabelled
{
    long Id { get; }

    string Name { get; }

    Dictionary<string, string> Labels { get; }
}

/// <summary>One page of a list.</summary>
internal interface IPage<out T>
{
    IReadOnlyList<T> Items { get; }

    MetaSchema Meta { get; }
}

/// <summary>A reply about one thing, with the actions that were started for it.</summary>
internal interface IReply<out T>
{
    T Item { get; }

    IReadOnlyList<ActionSchema> Started { get; }
}

/// <summary>The envelope's second half of a list: where to go on.</summary>
internal sealed record MetaSchema(PaginationSchema Pagination);

/// <summary>No next page means that this was the last one.</summary>
internal sealed record PaginationSchema(int Page, int? NextPage = null);

/// <summary>A place, for example <c>fsn1</c> in <c>eu-central</c>.</summary>
internal sealed record LocationSchema(string Name, string NetworkZone = "");

/// <summary>Locations, as <c>GET /locations</c> lists them.</summary>
internal sealed record LocationPage(IReadOnlyList<LocationSchema> Locations, MetaSchema Meta) : IPage<LocationSchema>
{
    IReadOnlyList<LocationSchema> IPage<LocationSchema>.Items => Locations;
}

/// <summary>Whether a thing may be deleted.</summary>
internal sealed record ProtectionSchema(bool Delete = false);

/// <summary>An id alone.</summary>
internal sealed record ReferenceSchema(long Id);

/// <summary>A reply that is no success.</summary>
internal sealed record FailureReply(ErrorSchema? Error = null);

/// <summary>Why something was refused or failed.</summary>
internal sealed record ErrorSchema(string Code = "", string Message = "");

internal static class Started
{
    public static IReadOnlyList<ActionSchema> Of(ActionSchema? action, IReadOnlyList<ActionSchema>? next = null) =>
        [.. action is null ? ValueList<ActionSchema>.Empty : [action], .. next ?? []];
}
