using System.Text.Json.Nodes;
using Orrery.Engine.Ports;
using Orrery.Providers.Vault;
using Orrery.Tests.Rehearsal;
using static Orrery.Tests.Providers.Vault.VaultScene;

namespace Orrery.Tests.Providers.Vault;

public sealed class KeyValueDocumentTests : IDisposable
{
    private readonly VaultScene _scene = new();

    public void Dispose() => _scene.Dispose();

    [Fact]
    public void A_change_makes_the_document_and_keeps_what_it_has_no_word_about()
    {
        Set("one", "1").ShouldBe(new KeyValueChange(1, true));
        _scene.Overwrite("""{"one":"1","theirs":{"deep":[1,2.50]}}""");
        Set("two", "2").ShouldBe(new KeyValueChange(3, true));
        Change("three", "3").ShouldBe(new KeyValueChange(4, true));
        _scene.Fields().ShouldBe("""{"one":"1","theirs":{"deep":[1,2.50]},"two":"2","three":"3"}""");
    }

    [Fact]
    public void A_change_that_is_there_already_writes_nothing()
    {
        Set("one", "1");
        Set("one", "1").ShouldBe(new KeyValueChange(1, false));
        Change("one", "1").ShouldBe(new KeyValueChange(1, false));
    }

    [Fact]
    public void One_field_alone_goes_over_the_wire()
    {
        _scene.Overwrite("""{"theirs":"planted"}""");
        Set("one", "1");
        _scene.Requests[^1].Method.ShouldBe("PATCH");
        System.Text.Encoding.UTF8.GetString(_scene.Requests[^1].Body.Span)
            .ShouldBe("""{"options":{"cas":1},"data":{"one":"1"}}""");
    }

    [Theory]
    [InlineData(Fate.RequestLost, true)]
    [InlineData(Fate.RequestLost, false)]
    [InlineData(Fate.ReplyLost, true)]
    [InlineData(Fate.ReplyLost, false)]
    [InlineData(Fate.ErrorAfter, true)]
    [InlineData(Fate.ErrorAfter, false)]
    public void A_write_of_which_nothing_is_known_is_done_once(Fate fate, bool patches)
    {
        _scene.Overwrite("""{"theirs":"0"}""");
        _scene.Fates.Enqueue(fate);
        (patches ? Set("one", "1") : Change("one", "1")).ShouldBe(new KeyValueChange(2, true));
        Version().ShouldBe(2);
        _scene.Fields().ShouldBe("""{"theirs":"0","one":"1"}""");
    }

    [Fact]
    public void A_write_that_took_effect_is_found_below_later_ones_and_not_repeated()
    {
        _scene.Overwrite("""{"one":"0"}""");
        _scene.Fates.Enqueue(Fate.ReplyLost);
        // Somebody changes our value before we look: that is theirs to decide.
        _scene.After = () => _scene.Overwrite("""{"one":"2"}""");

        Change("one", "1").ShouldBe(new KeyValueChange(2, true));

        _scene.Fields().ShouldBe("""{"one":"2"}""");
    }

    [Fact]
    public void Another_writer_in_between_is_not_overwritten()
    {
        _scene.Overwrite("""{"theirs":"0"}""");
        _scene.Before = () => _scene.Overwrite("""{"theirs":"1","new":"2"}""");
        Change("one", "1");
        _scene.Fields().ShouldBe("""{"theirs":"1","new":"2","one":"1"}""");
    }

    [Fact]
    public void A_deleted_document_begins_again_after_its_last_version()
    {
        Set("one", "1");
        _scene.Time.Run(() => _scene.Engine.DeleteAsync("a", [1], Operation, default));
        Set("two", "2").ShouldBe(new KeyValueChange(2, true));
        _scene.Fields().ShouldBe("""{"two":"2"}""");
    }

    [Fact]
    public void A_read_that_fails_changes_nothing()
    {
        _scene.Overwrite("""{"theirs":"0"}""");
        _scene.World.IsSealed = true;
        Should.Throw<ProviderException>(() => Change("one", "1")).Code.ShouldBe(ProviderErrorCode.Unavailable);
        _scene.World.IsSealed = false;
        Version().ShouldBe(1);
        _scene.Requests.ShouldAllBe(request => request.Method != "POST" || !request.Path.Contains("/data/"));
    }

    [Fact]
    public void A_document_that_never_rests_is_given_up()
    {
        var number = 0;
        void Again()
        {
            _scene.Overwrite($$"""{"n":{{++number}}}""");
            _scene.Before = Again;
        }

        Again();
        Should.Throw<ProviderException>(() => Change("one", "1")).Code.ShouldBe(ProviderErrorCode.Locked);
    }

    /// <summary>64 writers, four values each, and 64 that take a place of their own in a pool.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Sixty_four_writers_in_a_storm_lose_no_value(int seed)
    {
        var played = await PlayAsync("none", seed);
        played["error"].ShouldBeNull();
        played["lost"]!.GetValue<int>().ShouldBe(0);
        played["doubled"]!.GetValue<int>().ShouldBe(0);
        played["places"]!.GetValue<int>().ShouldBe(64);
        played["faults"]!.AsObject().Select(fault => fault.Key).ShouldBe(
        [
            "http-429", "http-500-after", "http-500-before", "late-request", "lost-reply", "lost-request", "reset",
            "slow-reply",
        ]);
        played.ToJsonString().ShouldBe((await PlayAsync("none", seed)).ToJsonString(), "the same seed plays the same");
    }

    [Theory]
    [InlineData("no-cas")]
    [InlineData("repeats-posts")]
    public async Task Writers_without_care_lose_values_or_write_twice(string bug)
    {
        var played = await PlayAsync(bug, 1);
        (played["lost"]!.GetValue<int>() + played["doubled"]!.GetValue<int>()).ShouldBeGreaterThan(0);
    }

    private static async Task<JsonObject> PlayAsync(string bug, int seed) =>
        JsonNode.Parse(await ChildProcess.RehearseAsync("vault-writers", bug, $"{seed}"))!.AsObject();

    private KeyValueChange Set(string field, string value) =>
        _scene.Time.Run(() => _scene.Document().SetAsync(field, value, Operation, default));

    private KeyValueChange Change(string field, string value) => _scene.Time.Run(() => _scene.Document().ChangeAsync(
        fields =>
        {
            fields[field] = value;
            return fields;
        },
        Operation, default));

    private int Version() =>
        _scene.Time.Run(() => _scene.Engine.MetadataAsync("a", null, default))!.CurrentVersion;
}
