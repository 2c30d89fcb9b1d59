using System.Text;
using Orrery.Secrets;
using Orrery.Secrets.Age;
using Orrery.Secrets.Age.Kinds;

namespace Orrery.Cli.Secrets;

/// <summary>The file of a recovery identity: plain, or encrypted with a passphrase, as age takes both.</summary>
internal static class RecoveryFile
{
    public static string Text(IIdentity identity, string platform) =>
        $"# Recovery identity of {platform}, made by Orrery: keep a copy where the platform's folder is not.\n"
        + $"# public key: {identity.Recipient}\n{identity.Export()}\n";

    /// <summary>An armored age file that <c>age --decrypt</c> opens, too.</summary>
    public static byte[] Protect(string text, string passphrase, FillRandom random) =>
        Encoding.ASCII.GetBytes(Armor.Encode(AgeFile.Encrypt(
            Encoding.UTF8.GetBytes(text), [new ScryptRecipient(passphrase)], random)));

    public static bool IsProtected(string text) => Armor.IsArmored(Encoding.UTF8.GetBytes(text));

    /// <exception cref="AgeException">It is another passphrase.</exception>
    public static string Open(string text, string passphrase) => Encoding.UTF8.GetString(AgeFile.Decrypt(
        Armor.Decode(Encoding.UTF8.GetBytes(text)), [new ScryptIdentity(passphrase)]));
}
