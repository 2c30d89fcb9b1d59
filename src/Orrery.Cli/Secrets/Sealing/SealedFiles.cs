using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Guard;
using Orrery.Cli.Terminal;
using Orrery.Model.Diagnostics;
using Orrery.Secrets.SealedSecrets;

namespace Orrery.Cli.Secrets.Sealing;

/// <summary>All SealedSecrets of a repository, and whether they open.</summary>
internal sealed class SealedFiles
{
    private readonly Host _host;
    private readonly IReadOnlyList<(string Shown, SealedManifest Manifest)> _files;
    private readonly Unsealing _unsealing;
    private readonly List<Diagnostic> _problems;

    private SealedFiles(
        Host host, IReadOnlyList<(string, SealedManifest)> files, SealingKeys keys, List<Diagnostic> problems)
    {
        (_host, _files, Keys, _problems) = (host, files, keys, problems);
        _unsealing = new Unsealing(keys.All, files.SelectMany(file => file.Item2.Objects));
    }

    public SealingKeys Keys { get; }

    /// <summary>Those that are readable, by the name to show.</summary>
    public IReadOnlyList<string> Names => [.. _files.Select(file => file.Shown)];

    /// <param name="folder">What is searched: as git has it, or the whole folder.</param>
    public static async Task<SealedFiles> FindAsync(
        Host host, string folder, SealingKeys keys, CancellationToken cancellation)
    {
        var tree = await GuardedTree.FindAsync(host, [folder], cancellation);
        var texts = await tree.ReadAsync(host, IsManifest, (path, content) =>
            (Path: path, Text: content.IsTooLarge ? "" : Encoding.UTF8.GetString(content.Bytes.Span)), cancellation);
        var (files, problems) = (new List<(string, SealedManifest)>(), new List<Diagnostic>());
        foreach (var (path, text) in texts.Where(file => SealedManifest.MayBeIn(file.Text)))
        {
            var shown = Path.GetRelativePath(host.Folder, Path.Combine(tree.Root, path));
            try
            {
                if (SealedManifest.Read(path, text) is { Objects.Count: > 0 } manifest)
                    files.Add((shown, manifest));
            }
            catch (SealedSecretException exception)
            {
                problems.Add(SealCodes.Unreadable.At(null, $"'{shown}': {exception.Message}."));
            }
        }

        return new SealedFiles(host, files, keys, problems);
    }

    /// <summary>Tells which values do not open and why.</summary>
    public int Check(bool isJson)
    {
        var values = 0;
        foreach (var (shown, manifest) in _files)
        {
            foreach (var (sealedSecret, item) in Items(manifest))
            {
                values++;
                if (_unsealing.Open(item.Value, sealedSecret.Scope) is { Problem.Length: > 0 } closed)
                    _problems.Add(Closed(shown, sealedSecret, item, closed.Problem));
            }
        }

        if (isJson)
        {
            _host.Screen.WriteJson(json =>
            {
                json.WriteBoolean("opens", _problems.Count == 0);
                json.WriteNumber("files", _files.Count);
                json.WriteNumber("values", values);
                DiagnosticJson.Write(json, _problems);
            });
        }
        else
        {
            _host.Screen.Report(_problems);
            var what = $"{Words.Count(values, "sealed value")} in {Words.Count(_files.Count, "file")}";
            if (_problems.Count == 0)
                _host.Screen.Print($"all open: {what}\n");
            else
                _host.Screen.Tell($"\n{Words.Count(_problems.Count, "problem")} among {what}\n");
        }

        return _problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>Tells which files could not be read; 1 where there are some.</summary>
    public int ReportUnreadable()
    {
        _host.Screen.Report(_problems);
        return _problems.Count == 0 ? ExitCode.Done : ExitCode.Failed;
    }

    /// <summary>A file with all that older keys opened sealed to the newest; null where there is nothing.</summary>
    public (byte[] Bytes, string What)? Reseal(SecretFile file)
    {
        var manifest = _files.First(known => known.Shown == file.Shown).Manifest;
        var changes = new List<(SealedItem, string)>();
        foreach (var (sealedSecret, item) in Items(manifest))
        {
            var opened = _unsealing.Open(item.Value, sealedSecret.Scope);
            if (opened is not { Key: { } key, Plain: { } plain })
                throw new SecretRefusal(Closed(file.Shown, sealedSecret, item, opened.Problem));
            var newest = Keys.NewestBeside(key);
            if (newest != key)
            {
                changes.Add((item, SealedSecret.Seal(
                    plain, sealedSecret.Scope, newest.Certificate, _host.KeyRandom)));
            }
        }

        return changes.Count == 0
            ? null
            : (Encoding.UTF8.GetBytes(manifest.With(changes)),
                $"{Words.Count(changes.Count, "value")} sealed to the newest key");
    }

    private static bool IsManifest(string path) => Path.GetExtension(path) is ".yaml" or ".yml" or ".json";

    private static IEnumerable<(SealedObject Object, SealedItem Item)> Items(SealedManifest manifest) =>
        manifest.Objects.SelectMany(one => one.Items.Select(item => (one, item)));

    /// <summary>The line is not shown: it is as long as it is meaningless.</summary>
    private static Diagnostic Closed(string shown, SealedObject sealedSecret, SealedItem item, string problem) =>
        SealCodes.Closed.At(
            new SourceRange(shown, item.Line, 1, item.Key.Length, item.Key),
            $"{item.Key} of {sealedSecret.Namespace}/{sealedSecret.Name} (scope {sealedSecret.Scope.Kind}): "
            + $"{problem}.");
}
