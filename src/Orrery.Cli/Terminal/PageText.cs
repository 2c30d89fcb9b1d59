using System.Text.Json;
using Orrery.Cli.Access;

namespace Orrery.Cli.Terminal;

/// <summary>Where a component's page is and who may enter.</summary>
/// <param name="page">The page.</param>
/// <param name="url">Where it is.</param>
/// <param name="isForwarded">It is there as long as we run.</param>
/// <param name="password">
/// Shown where it is asked for; null where the cluster does not keep it any more. Secret.
/// </param>
/// <param name="showsSecrets">The password is asked for.</param>
internal sealed class PageText(ComponentPage page, Uri url, bool isForwarded, string? password, bool showsSecrets)
{
    public string Text => page.Login is { } login
        ? $"{page.Name,-10}{Shown}\nuser      {login.User}\npassword  {password ?? Absent}\n"
        : $"{page.Name,-10}{Shown}\n";

    private string Absent => showsSecrets
        ? "(not kept in the cluster any more)"
        : "(hidden; --show-secrets shows it)";

    /// <summary>Without the slash that the framework adds.</summary>
    private string Shown => url.AbsoluteUri.TrimEnd('/');

    public void WriteJson(Utf8JsonWriter json)
    {
        json.WriteString("page", page.Name);
        json.WriteString("url", Shown);
        json.WriteBoolean("forwarded", isForwarded);
        if (page.Login is not { } login)
            return;
        json.WriteString("user", login.User);
        if (showsSecrets)
            json.WriteString("password", password);
    }
}
