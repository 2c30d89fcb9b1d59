using Orrery.Model.Platforms;
using Orrery.Model.Spec.Schema;
using Orrery.Model.Values;

namespace Orrery.Model.Spec.Fields;

/// <summary>Shapes that several kinds use.</summary>
internal static class Shapes
{
    public static readonly Shape<string> Text = new TextShape<string>(Forms.Text);
    public static readonly Shape<string> Name = new TextShape<string>(Forms.Name);
    public static readonly Shape<string> Url = new TextShape<string>(Forms.Url);
    public static readonly Shape<string> Domain = new TextShape<string>(Forms.Domain);
    public static readonly Shape<string> Email = new TextShape<string>(Forms.Email);
    public static readonly Shape<string> SshTarget = new TextShape<string>(Forms.SshTarget);
    public static readonly Shape<string> AbsolutePath = new TextShape<string>(Forms.AbsolutePath);
    public static readonly Shape<string> RelativePath = new TextShape<string>(Forms.RelativePath);
    public static readonly Shape<string> Version = new TextShape<string>(Forms.Version);
    public static readonly Shape<ByteSize> Size = new TextShape<ByteSize>(Forms.Size);
    public static readonly Shape<TimeSpan> Duration = new TextShape<TimeSpan>(Forms.Duration);
    public static readonly Shape<AddressRange> Ip = new TextShape<AddressRange>(Forms.Ip);
    public static readonly Shape<bool> Boolean = new BooleanShape();
    public static readonly Shape<int> Port = new IntegerShape(1, 65535);
    public static readonly Shape<SecretReference> Secret = new SecretShape();
    public static readonly Shape<ValueList<string>> Texts = new ListShape<string>(Text);
    public static readonly Shape<ValueList<AddressRange>> Ips = new ListShape<AddressRange>(Ip);

    public static readonly Shape<ValueList<AddressRange>> Cidrs =
        new ListShape<AddressRange>(new TextShape<AddressRange>(Forms.Cidr));

    public static readonly Shape<ValueList<AddressRange>> Addresses =
        new ListShape<AddressRange>(new TextShape<AddressRange>(Forms.Addresses));

    /// <summary>Something that has no options yet: only its key counts.</summary>
    public static readonly ObjectShape Nothing = new("NoOptions", "an entry without options");

    public static readonly Field<string> S3Endpoint = new("endpoint", Url, "The URL of the object store.")
    {
        Required = true,
        Example = "https://s3.example.org",
    };

    public static readonly Field<string> S3Bucket = new("bucket", Name, "The bucket.")
    {
        Required = true,
        Example = "orrery",
    };

    public static readonly ObjectShape S3 = new("S3", "an S3 bucket", S3Endpoint, S3Bucket);

    public static MapShape<T> ByName<T>(Shape<T> item) => new(item, Forms.Name);
}
