using FsCheck;
using FsCheck.Fluent;
using Orrery.Model.Documents;
using Orrery.Model.Spec;
using Orrery.Model.Spec.Yaml;
using Orrery.Model.Values;

namespace Orrery.Tests.Model.Documents;

public sealed class YamlTextTests
{
    /// <summary>What texts are made of: everything that some reader takes for something else.</summary>
    private static readonly string[] Pieces =
    [
        "a", "yes", "No", "on", "0", "0755", "08", "1e3", "~", "null", ":", ": ", " #", "#", "-", "- ", "?", "|", ">",
        "\n", "\n\n", " ", "\t", "\r", "'", "\"", "\\", "{", "]", ",", "&", "*", "!", "%", "@", "`", "2024-01-01",
        "12:30", ".5", "=", "<<", "---", "...", "é", "\u0085", "\u2028", "\uFEFF", "\0", "😀", "ENC[", ".inf",
    ];

    private static readonly Gen<string> Texts =
        from pieces in Gen.Elements(Pieces).ListOf()
        select string.Concat(pieces);

    private static readonly Gen<Value> Scalars = Gen.OneOf(
        Texts.Select(text => (Value)text),
        Gen.Elements<Value>(true, false, Value.Null.Instance, 0, -7, new Value.Number(1.50m), 9007199254740993));

    /// <summary>The core schema of YAML 1.2 has these as they are; YAML 1.1 would not.</summary>
    [Theory]
    [InlineData("plain")]
    [InlineData("10.42.0.0/16")]
    [InlineData("50Gi")]
    [InlineData("1.2.3")]
    [InlineData("-foo")]
    [InlineData("a:b")]
    [InlineData("https://charts.example.org")]
    [InlineData("a#b")]
    [InlineData("12:61")]
    [InlineData("two words")]
    [InlineData("yesterday")]
    [InlineData("/dev/sda")]
    public void A_text_that_only_reads_as_itself_stands_without_quotes(string text) =>
        YamlText.Write(text).ShouldBe(text + "\n");

    [Theory]
    [InlineData("")]
    [InlineData("yes")]
    [InlineData("n")]
    [InlineData("Off")]
    [InlineData("0755")]
    [InlineData("08")]
    [InlineData("0o17")]
    [InlineData("1_000")]
    [InlineData("1e3")]
    [InlineData("1.")]
    [InlineData("~")]
    [InlineData("2024-01-01")]
    [InlineData("12:30")]
    [InlineData("22:22:22.5")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("key:")]
    [InlineData(" a")]
    [InlineData("a ")]
    [InlineData("^[0-9]+$: x")]
    [InlineData("*a")]
    [InlineData("- a")]
    [InlineData("-")]
    [InlineData("---")]
    [InlineData("<<")]
    [InlineData(".NaN")]
    [InlineData("+.inf")]
    public void A_text_that_some_reader_takes_for_something_else_is_quoted(string text) =>
        YamlText.Write(text).ShouldBe($"\"{text}\"\n");

    [Fact]
    public void A_manifest_begins_with_what_it_is()
    {
        var manifest = Value.MapOf(
            ("spec", Value.MapOf(
                ("list", Value.ListOf(["a", Value.MapOf(("x", 1), ("z", Value.ListOf([true])))])),
                ("script", "#!/bin/sh\necho  done\n"),
                ("empty", Value.Map.Empty))),
            ("data", Value.ListOf([])),
            ("kind", "Thing"),
            ("metadata", Value.MapOf(("name", "on"))),
            ("apiVersion", "example.org/v1"));
        YamlText.WriteAll([manifest, Value.MapOf(("b", 1), ("a", new Value.Number(0.10m)))]).ShouldBe(
            """
            apiVersion: example.org/v1
            kind: Thing
            metadata:
              name: "on"
            spec:
              empty: {}
              list:
              - a
              - x: 1
                z:
                - true
              script: |
                #!/bin/sh
                echo  done
            data: []
            ---
            a: 0.1
            b: 1

            """);
    }

    [Theory]
    [InlineData("a\nb", "|-\n    a\n    b\n")]
    [InlineData("a\nb\n", "|\n    a\n    b\n")]
    [InlineData("a\n\n", "|+\n    a\n\n")]
    [InlineData("  a\nb\n", "|2\n      a\n    b\n")]
    [InlineData("\na\n", "|2\n\n    a\n")]
    [InlineData("\n", "\"\\n\"\n")]
    [InlineData("a\r\nb", "\"a\\r\\nb\"\n")]
    public void A_text_of_several_lines_is_a_literal_block(string text, string expected) =>
        YamlText.Write(Value.MapOf(("outer", Value.MapOf(("x", text))))).ShouldBe($"outer:\n  x: {expected}");

    [Fact]
    public void Any_text_is_read_back_as_value_item_and_key() =>
        Prop.ForAll(Texts.ToArbitrary(), text =>
        {
            var document = Value.MapOf(("value", text), ("items", Value.ListOf([text, "z"])), ("a-" + text, 1));
            YamlDocuments.Read(YamlText.Write(document)).ShouldBe([document], YamlText.Write(document));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Theory]
    [InlineData(" \nfirst\n")]
    [InlineData("\n   \n first")]
    [InlineData("\n\n first\n\n")]
    [InlineData("\t\n\tfirst")]
    public void A_text_that_begins_with_blank_lines_is_read_back(string text)
    {
        var document = Value.MapOf(("value", text), ("items", Value.ListOf([text])));
        YamlDocuments.Read(YamlText.Write(document)).ShouldBe([document]);
    }

    [Fact]
    public void What_is_written_is_read_back() =>
        Prop.ForAll(Values(3).ToArbitrary(), value =>
        {
            var document = Value.MapOf(("value", value), ("last", "z"));
            YamlDocuments.Read(YamlText.WriteAll([document, document])).ShouldBe([document, document]);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    /// <summary>The reader of declarations is stricter, and agrees.</summary>
    [Fact]
    public void The_reader_of_declarations_reads_the_same() =>
        Prop.ForAll(Values(2).ToArbitrary(), value =>
        {
            var document = Value.MapOf(("value", value));
            var text = YamlText.Write(document);
            var problems = new Problems();
            var nodes = YamlReader.Read(new SourceText(new SourceFile("x.yaml", text), 0), problems);
            // It refuses tabs at the start of lines, merge keys, and what looks like a secret.
            if (problems.InOrder().Count == 0)
                NodeValue.Of(nodes.ShouldHaveSingleItem()).ShouldBe(document, text);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    [Fact]
    public void A_sensitive_value_is_written_only_where_the_whole_is_sensitive()
    {
        var document = Value.MapOf(("key", new Value.Sensitive("hunter2")));
        Should.Throw<InvariantException>(() => YamlText.Write(document)).Message.ShouldNotContain("hunter2");
        var written = YamlText.WriteSensitive(document);
        written.ToString().ShouldBe("(sensitive)");
        written.AsText().ShouldBe("key: hunter2\n");
    }

    [Theory]
    [InlineData("a: *x")]
    [InlineData("a: &x 1")]
    [InlineData("a: !!str 1")]
    [InlineData("a: 1\na: 2")]
    [InlineData("a: [")]
    [InlineData("[a]: 1")]
    public void What_is_ambiguous_is_not_read(string text) =>
        Should.Throw<FormatException>(() => YamlDocuments.Read(text));

    private static Gen<Value> Values(int depth) => depth == 0
        ? Scalars
        : Gen.OneOf(
            Scalars,
            Values(depth - 1).ListOf().Select(items => (Value)Value.ListOf(items)),
            from keys in Texts.ListOf()
            from values in Values(depth - 1).ListOf(keys.Count)
            select (Value)new Value.Map(keys.Zip(values).DistinctBy(pair => pair.First)
                .ToValueMap(pair => pair.First, pair => pair.Second)));
}
