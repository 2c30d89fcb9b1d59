namespace Orrery.Secrets;

/// <summary>Fills bytes with fresh randomness; for real keys that is <c>RandomNumberGenerator.Fill</c>.</summary>
public delegate void FillRandom(Span<byte> bytes);
