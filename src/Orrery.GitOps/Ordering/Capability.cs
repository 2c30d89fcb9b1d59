namespace Orrery.GitOps.Ordering;

/// <summary>What a component provides or requires.</summary>
public enum CapabilityKind
{
    /// <summary>A custom resource, as <c>plural.group</c>: without it, its objects are refused.</summary>
    Crd,

    /// <summary>A storage class, or the label of static volumes: without it, claims stay pending.</summary>
    Storage,

    /// <summary>An ingress class.</summary>
    IngressClass,

    /// <summary>Admission that fails while its webhook is away, as <c>plural.group</c>.</summary>
    Webhook,

    /// <summary>A namespace that must be there before.</summary>
    Namespace,

    /// <summary>The Secrets that people keep for a namespace.</summary>
    Secrets,
}

/// <summary>One thing that a component provides and others may require, for example the CRD of SealedSecrets.</summary>
/// <param name="Why">What happens without it, for who asks for the order's reasons; no part of the identity.</param>
public sealed record Capability(CapabilityKind Kind, string Name, string Why = "")
{
    /// <summary>Without it the API server refuses objects; without the others, what runs waits by itself.</summary>
    public bool IsForAdmission => Kind is CapabilityKind.Crd or CapabilityKind.Webhook or CapabilityKind.Namespace;

    public bool Is(Capability other) => Kind == other.Kind && Name == other.Name;

    public override string ToString() => $"{Word} {Name}";

    private string Word => Kind switch
    {
        CapabilityKind.Crd => "custom resource",
        CapabilityKind.Storage => "storage",
        CapabilityKind.IngressClass => "ingress class",
        CapabilityKind.Webhook => "webhook",
        CapabilityKind.Secrets => "secrets of",
        _ => "namespace",
    };
}
