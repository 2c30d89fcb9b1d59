using System.Text.Json;
using Orrery.Simulation.Hetzner.Documents;
using Orrery.Simulation.Hetzner.Requests;
using Orrery.Simulation.Hetzner.State;

namespace Orrery.Simulation.Hetzner.Routes;

/// <summary>What the kinds do alike: reading, renaming, protecting.</summary>
internal static class EntityRoutes
{
    // The API gives no general limit for names; that of firewalls and volumes is 128 and 64. Assumed: 255.
    private const int NameLengthMax = 255;

    public static Answer One<T>(
        string noun, Project project, T item, Action<Utf8JsonWriter, Project, T> write, int status = 200)
        where T : Entity =>
        new(status, writer =>
        {
            writer.WritePropertyName(noun);
            write(writer, project, item);
        });

    /// <summary>An action as the only thing in the reply.</summary>
    public static Answer Started(Exchange exchange, CloudAction action) =>
        new(201, writer => Action(writer, exchange, "action", action));

    public static void Action(Utf8JsonWriter writer, Exchange exchange, string name, CloudAction action)
    {
        writer.WritePropertyName(name);
        ActionDocument.Write(writer, exchange.Project, action, exchange.Now);
    }

    /// <summary>Reads the name and labels of a PUT, checks everything, then applies it at once.</summary>
    public static T Update<T>(
        Exchange exchange,
        Collection<T> collection,
        Action<RequestBody, string>? checkName,
        Action<T, RequestBody>? more = null)
        where T : Entity
    {
        var item = exchange.Target(collection);
        var name = exchange.Body.Text("name");
        if (name is not null)
            CheckName(exchange.Body, name, checkName);
        var labels = exchange.Body.Labels();
        exchange.Body.Check();
        if (name is not null)
            Exchange.RequireUniqueName(collection, name, item);
        more?.Invoke(item, exchange.Body);
        item.Name = name ?? item.Name;
        item.Labels = labels ?? item.Labels;
        return item;
    }

    /// <summary>The name of something that is made.</summary>
    public static string NewName<T>(
        Exchange exchange, Collection<T> collection, Action<RequestBody, string>? check = null)
        where T : Entity
    {
        var name = exchange.Body.RequiredText("name");
        if (name.Length > 0)
            CheckName(exchange.Body, name, check);
        return name;
    }

    /// <summary>Changes the protection; such an action is done when it is answered.</summary>
    public static Answer ChangeProtection<T>(Exchange exchange, Collection<T> collection)
        where T : Entity
    {
        var item = exchange.Target(collection);
        var delete = exchange.Body.Flag("delete");
        if (item is PrimaryIp { AutoDelete: true } && delete == true)
            exchange.Body.Problem("delete", "cannot be enabled while auto_delete is enabled");
        exchange.Body.Check();
        exchange.RequireUnlocked(item);
        return Started(exchange, exchange.Start("change_protection", [item], new ActionWork
        {
            Holds = [item],
            Succeed = _ => item.DeleteProtected = delete ?? item.DeleteProtected,
        }));
    }

    /// <summary>Neither locked nor protected: may be deleted.</summary>
    public static void RequireDeletable(Exchange exchange, Entity item)
    {
        exchange.RequireUnlocked(item);
        if (item.DeleteProtected)
            throw Refusal.Protected(item.Type);
    }

    private static void CheckName(RequestBody body, string name, Action<RequestBody, string>? check)
    {
        if (name.Length is 0 or > NameLengthMax)
            body.Problem("name", name.Length == 0 ? "is too short" : "is too long");
        else
            check?.Invoke(body, name);
    }
}
