using Orrery.Engine.Ports;
using Orrery.Model.Platforms;
using Orrery.Model.Values;
using Orrery.Providers.Hetzner;

namespace Orrery.Tests.Providers;

/// <summary>The Hetzner provider before a canned wire, and the replies that most tests need.</summary>
internal sealed class HetznerScene : IRandomSource, IWriterGuard, ISecretValues
{
    public const string Token = "planted-token-4711";

    public HetznerScene(HttpMessageHandler wire, VirtualTime? time = null)
    {
        Time = time ?? new VirtualTime();
        Provider = HetznerProvider.Create(
            new ProviderEnvironment
            {
                Time = Time,
                Random = this,
                Transport = wire,
                Guard = this,
                Environment = name => name == "HCLOUD_ENDPOINT" ? "http://hetzner.test/v1" : null,
                Recorded = Records.Add,
            },
            Settings,
            this);
    }

    public static Infrastructure.Hetzner Settings { get; } = new()
    {
        Token = new SecretReference.Env("HCLOUD_TOKEN"),
        Location = "fsn1",
        SshKey = new SshKey(new SecretReference.Env("ARIES_PUB"), new SecretReference.Env("ARIES")),
        Firewall = new Firewall(ValueMap.Of(
            ("http", new FirewallRule("tcp", "80", ["0.0.0.0/0", "::/0"])),
            ("icmp", new FirewallRule("icmp", null, ["0.0.0.0/0", "::/0"])))),
    };

    public VirtualTime Time { get; }

    public IProvider Provider { get; }

    public List<RequestRecord> Records { get; } = [];

    public List<TimeSpan> Guarded { get; } = [];

    public Action? OnGuard { get; set; }

    public List<WaitState> Waited { get; } = [];

    public Dictionary<string, string> Secrets { get; } = new() { ["HCLOUD_TOKEN"] = Token };

    public double NextDouble() => 0.5;

    public void Fill(Span<byte> bytes) => bytes.Clear();

    public Task EnsureAsync(TimeSpan requestTimeout, CancellationToken cancellation)
    {
        Guarded.Add(requestTimeout);
        OnGuard?.Invoke();
        return Task.CompletedTask;
    }

    public string? Find(SecretReference reference) =>
        reference is SecretReference.Env env ? Secrets.GetValueOrDefault(env.Name) : null;

    public IResourceHandler Handler(string kind) =>
        Provider.Handlers.Single(handler => handler.Kind.Type == $"hetzner/{kind}");

    public static ResourceAddress Address(string kind, string name = "cosmos-0") =>
        ResourceAddress.Of("prod", $"hetzner/{kind}", name);

    public OperationContext Operation(string kind) => new(Address(kind), Waited.Add);

    public static Owner OwnerOf(string kind, string name = "cosmos-0") =>
        new("cosmos-0a1b2c3d", Address(kind, name).Hash, 1);

    public static CreateRequest Create(string kind, params ReadOnlySpan<(string, Value)> desired) => new(
        Address(kind), "cosmos-prod-cosmos-0-1", OwnerOf(kind), Value.MapOf(desired));

    /// <summary>The labels of our owner as JSON.</summary>
    public static string Labels(string kind, string more = "") => Json($$$"""
        {'orrery.dev/platform':'cosmos-0a1b2c3d','orrery.dev/address':'{{{Address(kind).Hash}}}',
        'orrery.dev/generation':'1','orrery.dev/name':'prod.hetzner.{{{kind}}}.cosmos-0'{{{more}}}
        """) + "}";

    public static string Action(long id, string status = "success", string command = "do_it") => Json($$$"""
        {'id':{{{id}}},'command':'{{{command}}}','status':'{{{status}}}','progress':100,
        'started':'2026-01-01T00:00:00Z','finished':null,'resources':[],'error':null}
        """);

    public static string ActionReply(long id, string status = "success") =>
        Json($$$"""{'action':{{{Action(id, status)}}} }""");

    public static string Page(string collection, string items, int? next = null) => Json($$$"""
        {'{{{collection}}}':[{{{items}}}],'meta':{'pagination':{'page':1,'per_page':50,'previous_page':null,
        'next_page':{{{next?.ToString() ?? "null"}}},'last_page':null,'total_entries':null} } }
        """);

    public static string Volume(
        long id, string server = "null", string labels = "{}", string status = "available", bool protect = false) =>
        Json($$$"""
        {'id':{{{id}}},'name':'v{{{id}}}','size':50,'status':'{{{status}}}','server':{{{server}}},'format':null,
        'location':{'name':'fsn1','network_zone':'eu-central'},
        'linux_device':'/dev/disk/by-id/scsi-0HC_Volume_{{{id}}}',
        'protection':{'delete':{{{(protect ? "true" : "false")}}} },'labels':{{{labels}}} }
        """);

    public static string Server(
        long id, string status = "running", string labels = "{}", string type = "cx33", string firewalls = "") =>
        Json($$$"""
        {'id':{{{id}}},'name':'s{{{id}}}','status':'{{{status}}}','location':{'name':'fsn1'},
        'server_type':{'name':'{{{type}}}'},'image':{'name':'ubuntu-24.04'},'labels':{{{labels}}},
        'public_net':{'ipv4':{'id':700,'ip':'203.0.113.7'},'ipv6':{'id':701,'ip':'2001:db8::/64'},
        'floating_ips':[{{{(id == 9 ? "61" : "")}}}],'firewalls':[{{{firewalls}}}]} }
        """);

    public static string FloatingIp(long id, string ip, string server = "null", string labels = "{}") =>
        Json($$$"""
        {'id':{{{id}}},'name':'f{{{id}}}','ip':'{{{ip}}}','type':'ipv4','server':{{{server}}},'labels':{{{labels}}},
        'home_location':{'name':'fsn1'} }
        """);

    /// <summary>JSON written with single quotes and over several lines.</summary>
    public static string Json(string text) => text.Replace('\'', '"').ReplaceLineEndings("");
}
