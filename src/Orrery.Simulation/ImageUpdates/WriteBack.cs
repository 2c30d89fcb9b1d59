using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json.Nodes;
using Orrery.Model.Values;
using Orrery.Simulation.ArgoCd.Rendering;
using Orrery.Simulation.Git;
using Orrery.Simulation.Kubernetes.Requests;
using Orrery.Simulation.Kubernetes.Store;

namespace Orrery.Simulation.ImageUpdates;

/// <summary>What shall become of one image.</summary>
internal sealed record ImageUpdate(FollowedImage Image, string OldTag, string NewTag, bool IsDigest)
{
    /// <summary>As kustomize takes it: <c>ghcr.io/example/web:2</c>, or <c>web=ghcr.io/example/web:2</c>.</summary>
    public string Text => (Image.TargetName is null ? "" : $"{Image.TargetName}=")
        + $"{Image.Name}{(IsDigest ? "@" : ":")}{NewTag}";
}

/// <summary>Why nothing was written back.</summary>
[SuppressMessage("Design", "CA1064", Justification = "It becomes a line of the log.")]
internal sealed class WriteBackException(string message) : Exception(message);

/// <summary>
/// Writes new images to Git with credentials of its own
/// (https://argocd-image-updater.readthedocs.io/en/stable/basics/update-methods/).
/// </summary>
internal sealed class WriteBack(ClusterStore store, GitRemotes remotes, string ns)
{
    private const string Author = "argocd-image-updater <noreply@argoproj.io>";

    /// <summary>Makes one commit; false where everything was written already.</summary>
    public bool Write(JsonObject application, UpdateSettings settings, IReadOnlyList<ImageUpdate> updates)
    {
        var source = SourceOf(application);
        var url = settings.Repository ?? source.TextAt("repoURL") ?? "";
        var credential = CredentialOf(settings.Method, url);
        BareRepository remote;
        try
        {
            remote = remotes.Read(url, credential);
            var (from, to) = BranchesOf(settings, source, remote);
            var head = remote.Head(from)
                ?? throw new WriteBackException($"error: pathspec '{from}' did not match any file(s) known to git");
            var name = application.TextAt("metadata", "name") ?? "";
            var folder = Paths.Join("", source.TextAt("path") ?? "");
            var (path, content) = Content(remote, head, (name, folder), settings.Target, updates);
            if (remote.ReadFile(head, path) == content)
                return false;
            var local = new BareRepository();
            local.CopyFrom(remote, head);
            local.SetReference($"refs/heads/{to}", head);
            var commit = local.Commit(
                to, ValueMap.Of((path, content)), [], new GitNote(Message(name, updates), Author, store.Clock));
            remotes.Push(url, credential, new GitPush(local, to, commit, $"refs/heads/{to}", null));
            return true;
        }
        catch (GitRefusal refusal)
        {
            throw new WriteBackException(
                $"Could not update application spec: {refusal.Message.Trim().ReplaceLineEndings(" ")}");
        }
    }

    private static JsonNode? SourceOf(JsonObject application) => application.At("spec", "source")
        ?? Renderer.Sources(application).FirstOrDefault(each => each.TextAt("path") is not null);

    private static (string From, string To) BranchesOf(UpdateSettings settings, JsonNode? source, BareRepository remote)
    {
        var target = source.TextAt("targetRevision") is { Length: > 0 } given
            && given != "HEAD" ? given : remote.DefaultBranch;
        var parts = (settings.Branch ?? "").Split(':', 2);
        var from = parts[0].Length > 0 ? parts[0] : target;
        var to = parts.ElementAtOrDefault(1) is { Length: > 0 } other ? other : from;
        return to.Contains("{{", StringComparison.Ordinal)
            ? throw new WriteBackException($"the simulated Image Updater does not support the branch template '{to}'")
            : (from, to);
    }

    private static (string Path, string Content) Content(
        BareRepository remote, string head, (string Name, string Folder) application, string target,
        IReadOnlyList<ImageUpdate> updates)
    {
        if (target.Length == 0 || target == "argocd-source")
        {
            var path = Paths.Join(application.Folder, $".argocd-source-{application.Name}.yaml");
            var standing = remote.ReadFile(head, path) is { } before
                ? (YamlDocuments.Parse(before).At("kustomize", "images") as JsonArray ?? [])
                    .Select(each => each.Text() ?? "")
                : [];
            var names = updates.Select(update => NameOf(update.Text)).ToHashSet();
            var images = standing.Where(each => !names.Contains(NameOf(each)))
                .Concat(updates.Select(update => update.Text));
            return (path, $"kustomize:\n  images:\n{string.Concat(images.Select(image => $"  - {image}\n"))}");
        }

        if (target != "kustomization" && !target.StartsWith("kustomization:", StringComparison.Ordinal))
            throw new WriteBackException(
                $"the simulated Image Updater does not support the write-back target '{target}'");
        var folder = target.Split(':', 2) is [_, var place] ? Paths.Join(application.Folder, place)
            : application.Folder;
        var file = Kustomization.FileIn(remote.FilesOf(head), folder)
            ?? throw new WriteBackException($"could not find kustomization in /{folder}");
        return (file, WithImages(remote.ReadFile(head, file)!, updates));
    }

    /// <summary>The kustomization with other images; all else of it stays as it is written.</summary>
    private static string WithImages(string text, IReadOnlyList<ImageUpdate> updates)
    {
        var images = new SortedDictionary<string, ImageChange>(StringComparer.Ordinal);
        foreach (var entry in YamlDocuments.Parse(text).At("images") as JsonArray ?? [])
            images[entry.TextAt("name") ?? ""] = ImageChange.Read(entry);
        foreach (var change in updates.Select(update => ImageChange.Parse(update.Text)))
            images[change.Name] = change;
        var (kept, isInside) = (new StringBuilder(), false);
        foreach (var line in text.Split('\n'))
        {
            if (line.Length > 0 && line[0] is not (' ' or '-' or '#'))
                isInside = line.StartsWith("images:", StringComparison.Ordinal);
            if (!isInside)
                kept.Append(line).Append('\n');
        }

        var result = new StringBuilder(kept.ToString().TrimEnd('\n')).Append("\nimages:\n");
        foreach (var image in images.Values)
        {
            result.Append($"- name: {image.Name}\n");
            foreach (
                var (field, value) in (
                    (string, string?)[])[("newName", image.NewName), ("newTag", image.NewTag),
                        ("digest", image.Digest)])
            {
                if (value is not null)
                    result.Append($"  {field}: \"{value}\"\n");
            }
        }

        return result.ToString();
    }

    private GitCredential CredentialOf(string method, string url)
    {
        const string secretPrefix = "git:secret:";
        JsonObject? secret;
        if (method.StartsWith(secretPrefix, StringComparison.Ordinal))
        {
            var parts = method[secretPrefix.Length..].Split('/');
            if (parts.Length == 2 && parts[0] != ns)
                throw new WriteBackException(
                    $"secret {parts[0]}/{parts[1]} is not in the namespace of the ImageUpdater");
            secret = store.Get("v1", "Secret", ns, parts[^1])
                ?? throw new WriteBackException(
                    $"could not get creds for repo '{url}': secrets \"{parts[^1]}\" not found");
        }
        else
        {
            secret = store.List("v1", "Secret", ns).FirstOrDefault(each =>
                each.At("metadata", "labels").TextAt("argocd.argoproj.io/secret-type") == "repository"
                && GitUrl.Parse(Field(each, "url") ?? "") is { } known && known == GitUrl.Parse(url));
            if (secret is null)
                throw new WriteBackException(
                    $"could not get creds for repo '{url}': credentials for '{url}' are not configured in Argo CD"
                        + $" settings");
        }

        if (GitUrl.Parse(url) is { IsSsh: true })
        {
            return Field(secret, "sshPrivateKey") is { } key && SshPrivateKey.PublicKeyOf(key) is { } publicKey
                ? new GitCredential { PublicKeys = [publicKey] }
                : throw new WriteBackException(
                    $"could not get creds for repo '{url}': invalid secret: does not contain field sshPrivateKey");
        }

        return Field(secret, "username") is not null && Field(secret, "password") is { } password
            ? new GitCredential { Token = password }
            : throw new WriteBackException(
                $"could not get creds for repo '{url}': invalid secret: does not contain fields username and password");
    }

    private static string Message(string name, IReadOnlyList<ImageUpdate> updates) =>
        $"build: automatic update of {name}\n\n" + string.Concat(updates.Select(update =>
            $"updates image {update.Image.Name[(update.Image.Name.IndexOf('/') + 1)..]} tag '{update.OldTag}' to"
                + $" '{update.NewTag}'\n"));

    private static string NameOf(string image) => ImageChange.Parse(image).Name;

    private static string? Field(JsonObject secret, string name) =>
        secret.At("data").TextAt(name) is { } encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(encoded))
            : null;
}
