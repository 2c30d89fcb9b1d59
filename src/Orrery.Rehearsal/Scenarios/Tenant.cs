using System.Text;
using System.Text.Json.Nodes;
using Orrery.GitOps.Delivery;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.SealedSecrets;
using Orrery.Secrets.Sops;
using Orrery.Secrets.Sops.Rules;
using Orrery.Simulation.Git;
using Orrery.Simulation.Time;

namespace Orrery.Rehearsal.Scenarios;

/// <summary>
/// What people run in a cluster beside what we deliver, written by them into the repository that it follows: a page at
/// a host of its own, a claim, and words that they have sealed or encrypted with nothing but what is public.
/// </summary>
internal sealed class Tenant
{
    public const string Name = "tenant";
    private const string Word = "word";

    private readonly Stage _stage;
    private readonly SeededRandom _random;
    private readonly ITenantDelivery _delivery;
    private readonly SortedDictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> _words = new(StringComparer.Ordinal);
    private string? _first;

    /// <param name="cluster">One with a GitOps engine.</param>
    /// <param name="bootstrap">How that one takes over.</param>
    public Tenant(Stage stage, Cluster cluster, Bootstrap bootstrap)
    {
        (_stage, Cluster) = (stage, cluster);
        _random = new SeededRandom(stage.Seed + 7);
        _delivery = cluster.GitOps is GitOpsEngine.Flux
            ? new TenantKustomization(stage.Platform, cluster, bootstrap)
            : new TenantApplication(stage.Platform, bootstrap);
    }

    public Cluster Cluster { get; }

    public string Host => $"{Name}.{Cluster.Name}.example.org";

    /// <summary>Each word's Secret, and the word itself, which is secret: those sealed and the one kept.</summary>
    public IReadOnlyDictionary<string, string> Words => _words;

    private string Folder =>
        RepositoryAddress.InRepository(_stage.Platform.Repository, $"overlays/{Cluster.Name}/{Name}");

    /// <summary>Seals a word with a certificate and pushes it.</summary>
    /// <param name="certificate">As PEM, from wherever people have it.</param>
    public void Seal(string certificate)
    {
        // It stands in no file of theirs: their namespace asks for it.
        if (_stage.Kept.WordOf(Cluster) is { } kept)
            _words[KeptDocuments.Name] = kept;
        var (name, word) = Draw("sealed");
        var text = SealedSecret.Seal(
            Encoding.UTF8.GetBytes(word), new SealingScope.Strict(Name, name), SealingCertificate.Read(certificate),
            _random.Fill);
        Push(name, Sealed(name, text));
    }

    /// <summary>Encrypts a word as a SOPS document for cluster and people, and pushes it.</summary>
    /// <param name="recipient">The cluster's, as <c>age1…</c>.</param>
    public void Encrypt(string recipient)
    {
        var (name, word) = Draw("sops");
        var rule = CreationRule.For(_stage.Platform.Recovery.Recipients.Append(recipient)) with
        {
            Selection = SopsSelection.Of("encrypted_regex", "^(data|stringData)$"),
        };
        var document = SopsFile.Encrypt(
            Encoding.UTF8.GetBytes(Clear(name, word)), SopsFormat.Yaml, rule, Now, _random.Fill);
        Push(name, Encoding.UTF8.GetString(document));
    }

    private DateTimeOffset Now => VirtualClock.Epoch + _stage.Clock.Now;

    private static bool IsDocument(string name) => name.StartsWith("sops-", StringComparison.Ordinal);

    private (string Name, string Word) Draw(string kind)
    {
        var name = $"{kind}-{_words.Keys.Count(known => known != KeptDocuments.Name) + 1}";
        _first ??= name;
        var drawn = new byte[24];
        _random.Fill(drawn);
        var word = _words[name] = $"word-{Convert.ToHexStringLower(drawn)}";
        _stage.Secrets.Made($"the word of {name}", word, SecretPlaces.Memory);
        return (name, word);
    }

    /// <summary>With all the rest where that is not there yet.</summary>
    private void Push(string name, string content)
    {
        _files[$"{Folder}/{name}.yaml"] = content;
        _files[$"{Folder}/app.yaml"] = App();
        var resources = _words.Keys.Where(each => each.StartsWith("sealed-", StringComparison.Ordinal));
        foreach (var (path, text) in _delivery.Files(Folder, [.. resources], [.. _words.Keys.Where(IsDocument)]))
            _files[path] = text;
        var repository = _stage.Platform.Repository;
        _stage.Site.Remotes.Find(repository.Url)?.Commit(
            repository.Branch, ValueMap.From(_files), [],
            new GitNote($"Add {name}", "A person <person@example.org>", Now));
    }

    /// <summary>The decrypted word in the cluster; null where there is none.</summary>
    public static string? WordIn(Simulation.K3s.SimulatedCluster cluster, string name) =>
        cluster.Api.Store.Get("v1", "Secret", Name, name)?["data"]?[Word] is JsonValue value
            ? Encoding.UTF8.GetString(Convert.FromBase64String($"{value}"))
            : null;

    private static string Clear(string name, string word) => $"""
        apiVersion: v1
        kind: Secret
        metadata:
          name: {name}
          namespace: {Name}
        stringData:
          {Word}: {word}

        """;

    private static string Sealed(string name, string text) => $"""
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata:
          name: {name}
          namespace: {Name}
        spec:
          encryptedData:
            {Word}: {text}

        """;

    private string App() => $"""
        apiVersion: v1
        kind: Namespace
        metadata:
          name: {Name}
          labels:
            secrets.orrery.dev/{KeptDocuments.Name}: "true"
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata:
          name: data
          namespace: {Name}
        spec:
          accessModes: [ReadWriteOnce]
          resources:
            requests:
              storage: 1Gi
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: page
          namespace: {Name}
        spec:
          replicas: 1
          selector:
            matchLabels:
              app: page
          strategy:
            type: Recreate
          template:
            metadata:
              labels:
                app: page
            spec:
              containers:
              - name: page
                image: docker.io/traefik/whoami:v1.11.0
                env:
                - name: WORD
                  valueFrom:
                    secretKeyRef:
                      name: {_first}
                      key: {Word}
                volumeMounts:
                - name: data
                  mountPath: /data
              volumes:
              - name: data
                persistentVolumeClaim:
                  claimName: data
        ---
        apiVersion: v1
        kind: Service
        metadata:
          name: page
          namespace: {Name}
        spec:
          selector:
            app: page
          ports:
          - name: http
            port: 80
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata:
          name: page
          namespace: {Name}
        spec:
          rules:
          - host: {Host}
            http:
              paths:
              - path: /
                pathType: Prefix
                backend:
                  service:
                    name: page
                    port:
                      name: http

        """;
}
