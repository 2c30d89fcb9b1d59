using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Orrery.Engine.State;
using Orrery.Model.Plans;
using Orrery.Model.Resources;
using Orrery.Model.Values;
using Orrery.Secrets.Age;
using Orrery.Secrets.Sops;
using Orrery.Tests.Secrets;

namespace Orrery.Tests.Engine;

public sealed class StateStoreTests
{
    private const string Secret = "planted-7Zq9";
    private static readonly PlainCipher Plain = new();

    [Fact]
    public void Every_shape_of_a_record_is_read_as_it_was_written() =>
        Prop.ForAll(Arb.From(Recordings()), recorded =>
            StateDocument.Read(StateDocument.Write(recorded, Plain), Plain).ShouldBeEquivalentTo(recorded))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Secrets_are_in_clear_nowhere_and_are_read_again_with_the_identity()
    {
        var identity = AgeIdentity.Generate(SeededRandom.From(1));
        var cipher = Ciphers.For(identity, 2);
        var (files, resource) = (new MemoryStateFiles(), Resource("a", new Value.Sensitive(Secret)));
        Write(files, cipher, checkpoint: false, resource);
        ShouldHideAndRead();
        Write(files, cipher, checkpoint: true, resource);
        ShouldHideAndRead();

        void ShouldHideAndRead()
        {
            foreach (var content in files.Files.Values)
                Encoding.UTF8.GetString(content).ShouldNotContain(Secret);
            Load(files, cipher).Recorded.Resources.Values.Single().Inputs.ShouldBe(resource.Inputs);
        }
    }

    [Fact]
    public void A_state_is_a_SOPS_document_that_holds_each_secret_at_its_place()
    {
        var identity = AgeIdentity.Generate(SeededRandom.From(1));
        var files = new MemoryStateFiles();
        var secret = Value.MapOf(("key", new Value.Sensitive(Secret)), ("pair", new Value.Sensitive(Value.MapOf(
            ("a", new Value.Number(1)), ("b", Value.ListOf([Secret]))))));
        Write(files, Ciphers.For(identity, 2), checkpoint: true, Resource("a", secret));

        using var plain = JsonDocument.Parse(
            SopsFile.Decrypt(files.Files["state.json"], SopsFormat.Json, [identity]));

        var size = plain.RootElement.GetProperty("body").GetProperty("resources")[0].GetProperty("inputs")
            .GetProperty("size");
        size.GetProperty("key").GetProperty("$sensitive").GetString().ShouldBe(Secret);
        size.GetProperty("pair").GetProperty("$sensitiveJson").GetString()
            .ShouldBe($"{{\"a\":1,\"b\":[\"{Secret}\"]}}");
    }

    [Fact]
    public void A_line_of_the_journal_is_a_SOPS_document()
    {
        var identity = AgeIdentity.Generate(SeededRandom.From(1));
        var files = new MemoryStateFiles();
        Write(files, Ciphers.For(identity, 2), checkpoint: false, Resource("a", new Value.Sensitive(Secret)));
        var line = Encoding.UTF8.GetString(files.Files.Values.Single()).TrimEnd().Split('\n')[^1];
        var json = Encoding.UTF8.GetBytes(line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]);
        Encoding.UTF8.GetString(SopsFile.Decrypt(json, SopsFormat.Json, [identity])).ShouldContain(Secret);
    }

    [Fact]
    public void Secrets_that_changed_places_do_not_open()
    {
        var identity = AgeIdentity.Generate(SeededRandom.From(1));
        var cipher = Ciphers.For(identity, 2);
        using var sealer = cipher.Seal();
        var (a, b) = (sealer.Seal("a:", "1"), sealer.Seal("b:", "2"));
        var metadata = sealer.Finish();

        using (var swapped = cipher.Open(metadata))
            Should.Throw<StateException>(() => swapped.Unseal("a:", b)).Code.Code.ShouldBe("STATE009");
        using var missing = cipher.Open(metadata);
        missing.Unseal("a:", a).ShouldBe("1");
        Should.Throw<StateException>(missing.Finish).Message.ShouldContain("do not belong together");
    }

    [Fact]
    public void A_state_of_schema_1_is_read_and_written_as_the_schema_of_today()
    {
        var identity = AgeIdentity.Generate(SeededRandom.From(1));
        var block = Armor.Encode(AgeFile.Encrypt(
            Encoding.UTF8.GetBytes($"[{{\"key\":\"{Secret}\"}},\"other\"]"), [identity.Recipient],
            SeededRandom.From(2)));
        var body = "{\"platform\": \"cosmos\", \"serial\": 4, \"goals\": {}, \"resources\": [{\"address\": "
            + $"\"{MemoryCloud.At("a")}\", \"id\": \"7\", \"generation\": 1, \"inputs\": {{\"size\": "
            + "{\"$sensitive\": 0}}, \"outputs\": {\"id\": {\"$sensitive\": 1}}}], "
            + $"\"sealed\": {JsonSerializer.Serialize(block)}}}";
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
        var files = new MemoryStateFiles();
        files.Files["state.json"] = Encoding.UTF8.GetBytes(
            $"{{\n\"schema\": 1,\n\"sha256\": \"{digest}\",\n\"body\": {body}\n}}\n");
        var cipher = Ciphers.For(identity, 3);

        var read = Load(files, cipher).Recorded.Resources.Values.Single();
        Write(files, cipher, checkpoint: true, read);

        read.Inputs["size"].ShouldBe(new Value.Sensitive(Value.MapOf(("key", Secret))));
        read.Outputs["id"].ShouldBe(new Value.Sensitive("other"));
        Encoding.UTF8.GetString(files.Files["state.json"]).ShouldContain("\"schema\": 2,");
        Load(files, cipher).Recorded.Resources.Values.Single().ShouldBe(read);
    }

    [Fact]
    public void A_secret_within_a_secret_is_one_secret()
    {
        var nested = new Value.Sensitive(Value.MapOf(("key", new Value.Sensitive(Secret)), ("name", "n")));
        var files = new MemoryStateFiles();
        Write(files, Plain, checkpoint: true, Resource("a", nested));
        Load(files, Plain).Recorded.Resources.Values.Single().Inputs["size"]
            .ShouldBe(new Value.Sensitive(Value.MapOf(("key", Secret), ("name", "n"))));
    }

    [Fact]
    public void The_wrong_identity_opens_nothing()
    {
        var (ours, theirs) = (AgeIdentity.Generate(SeededRandom.From(1)), AgeIdentity.Generate(SeededRandom.From(3)));
        var files = new MemoryStateFiles();
        Write(
            files, Ciphers.For(ours, 2), checkpoint: true,
            Resource("a", new Value.Sensitive(Secret)));
        var wrong = Ciphers.For(theirs, 2);
        Should.Throw<StateException>(() => Load(files, wrong)).Code.Code.ShouldBe("STATE009");
    }

    [Fact]
    public void Every_cut_and_every_flipped_bit_of_a_checkpoint_is_noticed()
    {
        var files = new MemoryStateFiles();
        Write(files, Plain, checkpoint: true, Resource("a", "1"));
        var whole = Load(files, Plain).Recorded;
        foreach (var damaged in CutsAndFlips(files.Files["state.json"]))
        {
            var copy = files.Copy();
            copy.Files["state.json"] = damaged;
            var read = TryLoad(copy);
            (read is null || read.Equals(whole)).ShouldBeTrue(Encoding.UTF8.GetString(damaged));
        }
    }

    [Fact]
    public void Every_flipped_bit_of_a_journal_is_noticed()
    {
        var files = new MemoryStateFiles();
        Write(files, Plain, checkpoint: false, Resource("a", "1"), Resource("b", "2"));
        var name = files.Files.Keys.Single();
        var whole = Load(files, Plain).Recorded;
        foreach (var damaged in Flips(files.Files[name]))
        {
            var copy = files.Copy();
            copy.Files[name] = damaged;
            var read = TryLoad(copy);
            (read is null || read.Equals(whole)).ShouldBeTrue(Encoding.UTF8.GetString(damaged));
        }
    }

    [Fact]
    public void A_journal_that_is_cut_off_says_all_that_was_whole_and_nothing_else()
    {
        var files = new MemoryStateFiles();
        Write(files, Plain, checkpoint: false, Resource("a", "1"), Resource("b", "2"));
        var name = files.Files.Keys.Single();
        var content = files.Files[name];
        for (var length = 0; length <= content.Length; length++)
        {
            var copy = files.Copy();
            copy.Files[name] = content[..length];
            var lines = content[..length].Count(letter => letter == '\n');
            // The line is whole also without its end.
            if (length < content.Length && content[length] == '\n')
                lines++;
            Load(copy, Plain).Recorded.Resources.Count.ShouldBe(Math.Max(0, lines - 1), $"cut at {length}");
        }
    }

    [Fact]
    public void Death_at_any_write_loses_nothing_that_was_acknowledged()
    {
        for (var dieAt = 1; ; dieAt++)
        {
            var (files, writes, acknowledged) = (new MemoryStateFiles(), 0, 0);
            files.Writing = _ => ++writes < dieAt ? Task.CompletedTask : Task.FromException(new IOException("dead"));
            try
            {
                Live(files, token: 1, () => acknowledged++);
                Live(files, token: 2, () => acknowledged++);
            }
            catch (IOException)
            {
                files.Writing = static _ => Task.CompletedTask;
                var store = Load(files, Plain);
                store.Recorded.Resources.Count.ShouldBeGreaterThanOrEqualTo(acknowledged, $"dead at write {dieAt}");
                var before = store.Recorded.Resources;
                Live(files, token: 3, static () => { });
                Load(files, Plain).Recorded.Resources.Keys.ShouldBe(before.Keys.Append("prod/memory/thing/t3").Order());
                files.Files.Keys.ShouldNotContain(name => name.StartsWith("journal-", StringComparison.Ordinal));
                continue;
            }

            dieAt.ShouldBeGreaterThan(10);
            return;
        }
    }

    [Fact]
    public void A_journal_of_an_older_base_says_nothing_any_more()
    {
        var files = new MemoryStateFiles();
        Write(files, Plain, checkpoint: false, Resource("a", "1"));
        var (name, journal) = files.Files.Single();
        Write(files, Plain, checkpoint: true, Resource("b", "1"));
        var now = Load(files, Plain).Recorded;
        files.Files[name] = journal;
        Load(files, Plain).Recorded.ShouldBeEquivalentTo(now);
    }

    [Fact]
    public void A_journal_of_a_newer_base_is_never_passed_over()
    {
        var files = new MemoryStateFiles();
        Write(files, Plain, checkpoint: true, Resource("a", "1"));
        Write(files, Plain, checkpoint: false, Resource("b", "1"));
        files.Files.Remove("state.json");
        Should.Throw<StateException>(() => Load(files, Plain)).Code.Code.ShouldBe("STATE006");
    }

    [Fact]
    public void After_a_write_that_failed_the_journal_takes_no_more()
    {
        var files = new MemoryStateFiles();
        var store = Load(files, Plain);
        Wait(store.BeginAsync(
            "up", ValueMap<int>.Empty, new StateWriter(1, FreeWriter.Instance), CancellationToken.None));
        Wait(store.PutAsync("made", Resource("a", "1")));
        files.Writing = static _ => Task.FromException(new IOException("the disk is full"));
        Should.Throw<IOException>(() => Wait(store.PutAsync("made", Resource("b", "1"))));
        files.Writing = static _ => Task.CompletedTask;
        Should.Throw<IOException>(() => Wait(store.PutAsync("made", Resource("c", "1"))));
        Load(files, Plain).Recorded.Resources.Keys.ShouldBe(["prod/memory/thing/a"]);
    }

    [Fact]
    public void A_checkpoint_over_another_writer_s_is_refused()
    {
        var files = new MemoryStateFiles();
        var slow = Load(files, Plain);
        Wait(slow.BeginAsync(
            "up", ValueMap<int>.Empty, new StateWriter(1, FreeWriter.Instance), CancellationToken.None));
        Write(files, Plain, checkpoint: true, Resource("theirs", "1"));
        Should.Throw<StateException>(
            () => Wait(slow.EndAsync(true, CancellationToken.None))).Code.Code.ShouldBe("STATE008");
        Load(files, Plain).Recorded.Resources.Keys.ShouldBe(["prod/memory/thing/theirs"]);
    }

    [Fact]
    public void Every_checkpoint_is_kept_and_can_be_put_back_also_over_a_damaged_one()
    {
        var files = new MemoryStateFiles();
        Write(files, Plain, checkpoint: true, Resource("a", "1"));
        Write(files, Plain, checkpoint: true, Resource("b", "1"));
        Write(files, Plain, checkpoint: false, Resource("c", "1"));
        files.Files["state.json"] = [1, 2, 3];
        Get(StateStore.HistoryAsync(files, CancellationToken.None)).ShouldBe([1L, 2L]);
        var first = Get(StateStore.VersionAsync(files, 1, Plain, CancellationToken.None));
        var store = Get(StateStore.LoadForRestoreAsync(files, "cosmos", Plain, CancellationToken.None));
        Wait(store.RestoreAsync(first!, CancellationToken.None));
        var restored = Load(files, Plain);
        restored.Recorded.Resources.ShouldBe(first!.Resources);
        restored.Recorded.Serial.ShouldBe(3);
        restored.WasInterrupted.ShouldBeFalse();
    }

    [Fact]
    public void A_version_of_another_platform_is_not_put_back()
    {
        var store = Get(
            StateStore.LoadForRestoreAsync(new MemoryStateFiles(), "cosmos", Plain, CancellationToken.None));
        Should.Throw<StateException>(() => Wait(store.RestoreAsync(Recorded.Nothing("chaos"), CancellationToken.None)))
            .Code.Code.ShouldBe("STATE007");
    }

    [Fact]
    public void A_schema_of_the_future_is_named()
    {
        var files = new MemoryStateFiles();
        Write(files, Plain, checkpoint: true, Resource("a", "1"));
        var text = Encoding.UTF8.GetString(files.Files["state.json"]);
        files.Files["state.json"] = Encoding.UTF8.GetBytes(
            text.Replace("\"schema\": 2", "\"schema\": 7", StringComparison.Ordinal));
        Should.Throw<StateException>(() => Load(files, Plain)).Code.Code.ShouldBe("STATE005");
    }

    private static void Live(MemoryStateFiles files, long token, Action acknowledged)
    {
        var store = Load(files, Plain);
        Wait(store.BeginAsync(
            "up", ValueMap<int>.Empty, new StateWriter(token, FreeWriter.Instance), CancellationToken.None));
        Wait(store.PutAsync("made", Resource($"t{token}", "1")));
        acknowledged();
        Wait(store.EndAsync(true, CancellationToken.None));
    }

    private static void Write(
        MemoryStateFiles files, IStateCipher cipher, bool checkpoint, params ReadOnlySpan<RecordedResource> resources)
    {
        var store = Load(files, cipher);
        Wait(store.BeginAsync("up", ValueMap<int>.Empty, new StateWriter(
            store.Recorded.Serial + 1, FreeWriter.Instance), CancellationToken.None));
        foreach (var resource in resources)
            Wait(store.PutAsync("made", resource));
        if (checkpoint)
            Wait(store.EndAsync(allGoalsReached: true, CancellationToken.None));
    }

    private static Recorded? TryLoad(MemoryStateFiles files)
    {
        try
        {
            return Load(files, Plain).Recorded;
        }
        catch (StateException)
        {
            return null;
        }
    }

    private static StateStore Load(MemoryStateFiles files, IStateCipher cipher) =>
        Get(StateStore.LoadAsync(files, "cosmos", cipher, CancellationToken.None));

    private static void Wait(Task task) => task.GetAwaiter().GetResult();

    private static T Get<T>(Task<T> task) => task.GetAwaiter().GetResult();

    private static IEnumerable<byte[]> CutsAndFlips(byte[] content) =>
        Enumerable.Range(0, content.Length).Select(length => content[..length]).Concat(Flips(content));

    private static IEnumerable<byte[]> Flips(byte[] content)
    {
        for (var bit = 0; bit < content.Length * 8; bit++)
        {
            var flipped = content.ToArray();
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            yield return flipped;
        }
    }

    private static RecordedResource Resource(string name, Value size) => new()
    {
        Address = MemoryCloud.At(name),
        Id = "7",
        Generation = 1,
        IsOurs = true,
        Inputs = Value.MapOf(("size", size)),
        Outputs = Value.MapOf(("id", "7")),
        Needs = [],
        Lifecycle = Lifecycle.Default,
    };

    private static Gen<Recorded> Recordings() =>
        from serial in Gen.Choose(0, 1000)
        from resources in Resources().ListOf()
        from goals in Gen.Choose(1, 9).ListOf()
        select new Recorded
        {
            PlatformId = "cosmos",
            Serial = serial,
            Resources = resources.DistinctBy(resource => resource.Address).ToValueMap(
                resource => resource.Address.Text),
            Goals = ValueMap.From(
                goals.Select((goal, index) => KeyValuePair.Create($"prod/memory/thing/t{index}", goal))),
        };

    private static Gen<RecordedResource> Resources() =>
        from name in Gen.Choose(0, 50)
        from id in Gen.Elements<string?>(null, "1", "ä \"\\ \u0001")
        from generation in Gen.Choose(1, 5)
        from flags in Gen.Choose(0, 31)
        from inputs in Values(3)
        from outputs in Values(1)
        select Resource($"t{name}", inputs) with
        {
            Id = id,
            Generation = generation,
            IsOurs = (flags & 1) == 0,
            IsPending = (flags & 2) == 0,
            Outputs = Value.MapOf(("o", outputs)),
            Needs = (flags & 4) == 0 ? [] : [MemoryCloud.At("x"), MemoryCloud.At("y")],
            Deposed = (flags & 8) == 0 ? [] : [new RecordedInstance("9", generation, Value.MapOf(("size", inputs)))],
            Lifecycle = (flags & 16) == 0 ? Lifecycle.Default : new Lifecycle
            {
                Protect = (flags & 1) == 0,
                Ownership = (Ownership)(flags % 3),
                ReplaceOrder = (ReplaceOrder)(flags % 2),
                BeforeDelete = [new LifecycleStep("shutdown", "hetzner/server", "server")],
                Deadline = TimeSpan.FromSeconds(1 + flags),
            },
        };

    private static Gen<Value> Values(int depth)
    {
        var flat = Gen.OneOf<Value>(
            Gen.Constant<Value>(Value.Null.Instance),
            Gen.Elements<Value>(true, false),
            Gen.Choose(-1000, 1000).Select(number => (Value)new Value.Number(number / 8m)),
            Gen.Elements<Value>("", "text", "ö\n\u2028\"", "$sensitive"));
        return depth == 0
            ? flat
            : Gen.OneOf(
                flat,
                flat.Select(value => (Value)new Value.Sensitive(value)),
                Values(depth - 1).ListOf().Select(items => (Value)Value.ListOf(items)),
                Values(depth - 1).ListOf().Select(items => (Value)new Value.Map(
                    ValueMap.From(items.Select((item, index) => KeyValuePair.Create($"k{index}", item))))));
    }
}
