namespace Orrery.Tests;

internal static class Program
{
    private static int Main() => 0;
}
