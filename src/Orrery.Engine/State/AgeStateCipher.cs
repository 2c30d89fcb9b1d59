using System.Text;
using Orrery.Secrets;
using Orrery.Secrets.Age;

namespace Orrery.Engine.State;

/// <summary>
/// Seals to the platform's recovery recipients in one armored age file; opens with the recovery identity.
/// </summary>
/// <param name="identities">Looked up only when something must be opened.</param>
public sealed class AgeStateCipher(
    IReadOnlyList<IRecipient> recipients, Func<IReadOnlyList<IIdentity>> identities, FillRandom random) : IStateCipher
{
    public byte[] Seal(ReadOnlySpan<byte> plain) =>
        Encoding.ASCII.GetBytes(Armor.Encode(AgeFile.Encrypt(plain, recipients, random)));

    public byte[] Open(ReadOnlySpan<byte> sealedBytes)
    {
        try
        {
            return AgeFile.Decrypt(Armor.Decode(sealedBytes), identities());
        }
        catch (AgeException failure)
        {
            throw new StateException(
                StateCodes.CannotOpen,
                $"the state's sensitive values cannot be opened: {failure.Message}",
                "set the recovery identity that belongs to one of the declaration's recovery.recipients");
        }
    }
}
