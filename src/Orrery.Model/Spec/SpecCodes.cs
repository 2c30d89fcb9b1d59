using Orrery.Model.Diagnostics;

namespace Orrery.Model.Spec;

/// <summary>What can be wrong with the form of a declaration.</summary>
public static class SpecCodes
{
    internal static readonly DiagnosticCode MalformedYaml = new(
        "SPEC001",
        "this is not YAML",
        "The file cannot be parsed from this place on. Most often an indentation, a colon or a quote is missing.");

    internal static readonly DiagnosticCode TooLarge = new(
        "SPEC002",
        "the file is too large",
        "A file of a declaration has at most 1,048,576 characters, so that reading it is always quick.");

    internal static readonly DiagnosticCode TooDeep = new(
        "SPEC003",
        "values are nested too deeply",
        "No kind has fields as deep as this; the limit of 32 keeps a malicious file from exhausting the memory.");

    internal static readonly DiagnosticCode ByteOrderMark = new(
        "SPEC004",
        "the file begins with a byte order mark",
        "Declarations are UTF-8 without a byte order mark, as Git and Kubernetes expect.");

    internal static readonly DiagnosticCode Tab = new(
        "SPEC005",
        "a tab in the indentation",
        "YAML is indented with spaces only; editors show tabs at different widths, so that nesting becomes a guess.");

    internal static readonly DiagnosticCode DuplicateKey = new(
        "SPEC006",
        "a key stands twice",
        "Only one of the two values could count, and readers differ in which. Remove one of them.");

    internal static readonly DiagnosticCode Anchor = new(
        "SPEC007",
        "anchors and aliases are not read",
        "The documents become Kubernetes objects, which have no anchors. Clusters that resemble each other use "
        + "`inherits`; variants of one cluster are `profiles`.");

    internal static readonly DiagnosticCode MergeKey = new(
        "SPEC008",
        "merge keys are not read",
        "`<<` merges only one level and is no part of YAML 1.2. Clusters that resemble each other use `inherits`.");

    internal static readonly DiagnosticCode Tag = new(
        "SPEC009",
        "tags are not read",
        "The type of a value follows from its field. Remove the tag.");

    internal static readonly DiagnosticCode NotADocument = new(
        "SPEC010",
        "a document is not a map",
        "Each document of a declaration is a map with apiVersion, kind, metadata and spec.");

    internal static readonly DiagnosticCode WrongApiVersion = new(
        "SPEC011",
        "the apiVersion is missing or unknown",
        "This version reads documents of `apiVersion: orrery.dev/v1`.");

    internal static readonly DiagnosticCode WrongKind = new(
        "SPEC012",
        "the kind is missing or unknown",
        "A document's kind is Platform, Cluster, PreviewPool or Component.");

    internal static readonly DiagnosticCode UnknownField = new(
        "SPEC013",
        "unknown field",
        "A field that nothing reads would be a setting without effect, so it is refused. The reference of the "
        + "declaration lists the fields of each kind.");

    internal static readonly DiagnosticCode MissingField = new(
        "SPEC014",
        "a field is missing",
        "The field has no default, because no value would be right for everybody.");

    internal static readonly DiagnosticCode WrongShape = new(
        "SPEC015",
        "the value has the wrong shape",
        "A field has one shape: a text, a number, a list or a map. There is no short form for \"one of several\".");

    internal static readonly DiagnosticCode EmptyValue = new(
        "SPEC016",
        "the value is missing",
        "An empty value means \"all defaults\" for maps only. Elsewhere it is most often a forgotten value.");

    internal static readonly DiagnosticCode NotAllowed = new(
        "SPEC017",
        "the value is not one of those allowed",
        "The field takes one of a few words, which the message lists.");

    internal static readonly DiagnosticCode OutOfRange = new(
        "SPEC018",
        "the number is out of range",
        "The message says which numbers make sense here.");

    internal static readonly DiagnosticCode MalformedSize = new(
        "SPEC019",
        "this is not a size",
        "Sizes are whole numbers with a unit: k, M, G, T are decimal, Ki, Mi, Gi, Ti binary.");

    internal static readonly DiagnosticCode MalformedDuration = new(
        "SPEC020",
        "this is not a duration",
        "Durations are whole numbers with a unit: s, m, h or d.");

    internal static readonly DiagnosticCode MalformedAddress = new(
        "SPEC021",
        "this is not an address",
        "Addresses are written in full: 192.168.1.10, 192.168.1.10-192.168.1.19 or 192.168.1.0/24. The address of a "
        + "CIDR is the first one of its network.");

    internal static readonly DiagnosticCode MalformedUrl = new(
        "SPEC022",
        "this is not a URL",
        "URLs are written with their scheme and host, and without credentials.");

    internal static readonly DiagnosticCode MalformedName = new(
        "SPEC023",
        "this is not a name",
        "Names become parts of host names and labels: at most 63 lower-case letters, digits and hyphens, beginning "
        + "and ending with a letter or digit.");

    internal static readonly DiagnosticCode MalformedPath = new(
        "SPEC024",
        "this is not a path of the kind expected",
        "Paths on machines are absolute, paths in the repository relative; neither goes upwards.");

    internal static readonly DiagnosticCode MalformedVersion = new(
        "SPEC025",
        "this is not a version",
        "Versions are pinned in full, so that a rebuild gives what was there: v1.34.3+k3s3 for K3s, v1.34.3 "
        + "elsewhere.");

    internal static readonly DiagnosticCode NotOneChoice = new(
        "SPEC026",
        "exactly one choice is expected",
        "A choice is a map with exactly one key, which says what is chosen, and that choice's options below it.");

    internal static readonly DiagnosticCode MalformedReference = new(
        "SPEC027",
        "this is not a reference to a secret",
        "References are { env: NAME }, { file: path }, { sops: path#key } and { vault: path#key }.");

    internal static readonly DiagnosticCode SecretLiteral = new(
        "SPEC028",
        "a secret is written where a reference belongs",
        "Declarations are committed, shown and sent around. If the value was committed, revoke it.");

    internal static readonly DiagnosticCode SecretInDeclaration = new(
        "SPEC029",
        "this looks like a secret",
        "The value has the form of a token, a key or a password. Declarations hold references to secrets only.");

    internal static readonly DiagnosticCode NotOnePlatform = new(
        "SPEC030",
        "a declaration has exactly one Platform",
        "The documents of a folder describe one platform together. Two platforms are two folders.");

    internal static readonly DiagnosticCode DeclaredTwice = new(
        "SPEC031",
        "two documents have the same kind and name",
        "The name identifies the document; the second one would replace the first.");

    internal static readonly DiagnosticCode UnknownBasis = new(
        "SPEC032",
        "a cluster inherits from one that is not there",
        "`inherits` names another Cluster of the same declaration.");

    internal static readonly DiagnosticCode CircularInheritance = new(
        "SPEC033",
        "clusters inherit from each other in a circle",
        "Following `inherits` must come to an end. Remove it from one of the clusters.");

    internal static readonly DiagnosticCode UnknownProfile = new(
        "SPEC034",
        "no cluster has the chosen profile",
        "`--profile` chooses a patch that at least one cluster declares under `profiles`.");

    internal static readonly DiagnosticCode NothingDeclared = new(
        "SPEC035",
        "there is no declaration",
        "The folder has no file that ends in .yaml or .yml, or none of them has a document. "
        + "`orrery init` writes one to start from.");

    internal static readonly DiagnosticCode MalformedRecipient = new(
        "SPEC036",
        "this is not an age recipient",
        "Recipients begin with age1 and carry a checksum. State and secrets encrypted to a mistyped one would be lost. "
        + "`orrery age keygen` makes a pair.");

    internal static readonly DiagnosticCode MalformedHost = new(
        "SPEC037",
        "this is not a host or domain of the kind expected",
        "Host names are lower-case labels with dots; SSH targets are user@host.");

    internal static readonly DiagnosticCode Unquoted = new(
        "SPEC038",
        "the text must be quoted",
        "YAML reads plain words such as true, null or 1.10 as something else than text. Quotes make them text.");

    internal static readonly DiagnosticCode EmptyText = new(
        "SPEC039",
        "the text is empty",
        "The field holds words; an empty text is most often a forgotten value.");

    internal static readonly DiagnosticCode MalformedEmail = new(
        "SPEC040",
        "this is not an e-mail address",
        "Certificate authorities send warnings to this address, so it must be one.");

    internal static readonly DiagnosticCode TooFewItems = new(
        "SPEC041",
        "the list has too few items",
        "The message says how many are needed.");

    internal static readonly DiagnosticCode RepeatedItem = new(
        "SPEC042",
        "an item stands twice in a list",
        "Repeating an item has no effect, so one of the two is most often meant to be another.");

    internal static readonly DiagnosticCode MalformedFingerprint = new(
        "SPEC043",
        "this is not a fingerprint",
        "The fingerprint of a certificate is its SHA-256 in 32 pairs of hexadecimal digits with colons between them.");

    /// <summary>In order of their codes.</summary>
    public static IReadOnlyList<DiagnosticCode> All { get; } =
    [
        MalformedYaml, TooLarge, TooDeep, ByteOrderMark, Tab, DuplicateKey, Anchor, MergeKey, Tag, NotADocument,
        WrongApiVersion, WrongKind, UnknownField, MissingField, WrongShape, EmptyValue, NotAllowed, OutOfRange,
        MalformedSize, MalformedDuration, MalformedAddress, MalformedUrl, MalformedName, MalformedPath,
        MalformedVersion, NotOneChoice, MalformedReference, SecretLiteral, SecretInDeclaration, NotOnePlatform,
        DeclaredTwice, UnknownBasis, CircularInheritance, UnknownProfile, NothingDeclared, MalformedRecipient,
        MalformedHost, Unquoted, EmptyText, MalformedEmail, TooFewItems, RepeatedItem, MalformedFingerprint,
    ];
}
