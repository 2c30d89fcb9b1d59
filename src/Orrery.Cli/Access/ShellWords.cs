using Orrery.Providers.Ssh;

namespace Orrery.Cli.Access;

/// <summary>Lines for the shells of people.</summary>
internal static class ShellWords
{
    public static string Export(string variable, string value) => $"export {variable}={SshScript.Quote(value)}";
}
