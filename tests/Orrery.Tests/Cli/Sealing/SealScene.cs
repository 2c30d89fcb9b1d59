using System.Text;
using Orrery.Cli.Composition;
using Orrery.Cli.Invocation;
using Orrery.Engine.Ports;
using Orrery.Engine.State;
using Orrery.Model.Values;
using Orrery.Providers.Keys;
using Orrery.Rehearsal.Stages;
using Orrery.Secrets.Age;
using Orrery.Tests.Engine;
using SeededRandom = Orrery.Tests.Secrets.SeededRandom;

namespace Orrery.Tests.Cli.Sealing;

/// <summary><c>orrery secret seal</c> beside a declaration whose keys were made as <c>up</c> makes them.</summary>
internal sealed class SealScene : TimeProvider, IDisposable
{
    private readonly IIdentity _identity = AgeIdentity.Generate(SeededRandom.From(31));

    public string Folder { get; } = Directory.CreateTempSubdirectory("orrery-seal-").FullName;

    public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public override DateTimeOffset GetUtcNow() => Now;

    public string PathOf(string path) => Path.Combine(Folder, path);

    public string Read(string path) => File.ReadAllText(PathOf(path));

    public void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(path))!);
        File.WriteAllText(PathOf(path), text);
    }

    /// <summary>Makes a cluster's key, or the next one beside it.</summary>
    public async Task MakeKeyAsync(string cluster, int generation = 1)
    {
        Variables["ORRERY_IDENTITY"] = _identity.Export();
        using var files = new LocalStateFiles(PathOf("site"), this);
        var handler = new KeysProvider(new KeysEnvironment
        {
            Time = this,
            Maker = new KeyPool((ulong)(generation + cluster.Length)),
            Files = files,
            Guard = FreeWriter.Instance,
            Recipients = [_identity.Recipient],
            Identities = () => [_identity],
        }).Handlers.Single(handler => handler.Kind.Type == KeysGraph.SealedSecretsKey(cluster).Type);
        var address = KeysGraph.SealedSecretsKey(cluster);
        var desired = Value.MapOf(
            ("file", KeysGraph.FileOf(address, generation)),
            ("recipients", Value.ListOf([$"{_identity.Recipient}"])));
        var operation = OperationContext.Silent(address);
        var made = await handler.CreateAsync(
            new CreateRequest(address, "", new Owner("cosmos", address.Hash, 1), desired), operation, default);
        await handler.AwaitReadyAsync(made.Id, operation, default);
    }

    public Task<int> RunAsync(params string[] words) => RunAsync("", words);

    public async Task<int> RunAsync(string input, string[] words)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var host = ProcessHost.Create() with
        {
            Time = this,
            Folder = Folder,
            Environment = name => Variables.GetValueOrDefault(name),
            KeyRandom = SeededRandom.From(12),
            OnInterrupt = _ => new MemoryStream(),
            Screen = new Screen
            {
                In = TextReader.Null,
                Out = output,
                Error = error,
                InBytes = () => new MemoryStream(Encoding.UTF8.GetBytes(input)),
            },
        };
        var exit = await CommandLine.RunAsync(["secret", "seal", .. words], host);
        (Output, Error) = (output.ToString(), error.ToString());
        return exit;
    }
}
