using System.Globalization;
using System.Text;

namespace Orrery.Simulation.Vault;

/// <summary>
/// What a policy's text allows, after https://openbao.org/docs/concepts/policies/: paths, a star at their end for
/// whatever follows, a plus for one segment.
/// </summary>
internal sealed class Policy
{
    private Policy(string text, IReadOnlyList<Rule> rules) => (Text, Rules) = (text, rules);

    public string Text { get; }

    public IReadOnlyList<Rule> Rules { get; }

    public static Policy Parse(string text) => new(text, new Reader(text).Rules());

    /// <summary>
    /// What all these policies allow at a path: the rule that fits it most narrowly decides, of all policies that have
    /// a rule with the same path together; a denial among them wins.
    /// </summary>
    public static IReadOnlySet<Capability> Allowed(IEnumerable<Policy> policies, string path)
    {
        var fitting = policies.SelectMany(policy => policy.Rules).Where(rule => rule.Fits(path)).ToList();
        if (fitting.Count == 0)
            return new HashSet<Capability>();
        var narrowest = fitting.Aggregate((one, other) => Rule.Compare(one, other) >= 0 ? one : other).Path;
        var allowed = fitting.Where(rule => rule.Path == narrowest).SelectMany(rule => rule.Capabilities).ToHashSet();
        return allowed.Contains(Capability.Deny) ? new HashSet<Capability>() : allowed;
    }

    /// <summary>One path block.</summary>
    internal sealed record Rule(string Path, IReadOnlyList<Capability> Capabilities)
    {
        private bool IsPrefix => Path.EndsWith('*');

        public bool Fits(string path)
        {
            var wanted = (IsPrefix ? Path[..^1] : Path).Split('/');
            var given = path.Split('/');
            if (given.Length < wanted.Length || (!IsPrefix && given.Length != wanted.Length))
                return false;
            for (var i = 0; i < wanted.Length; i++)
            {
                var isOpen = IsPrefix && i == wanted.Length - 1;
                if (wanted[i] == "+" && !isOpen)
                    continue;
                if (isOpen ? !given[i].StartsWith(wanted[i], StringComparison.Ordinal) : given[i] != wanted[i])
                    return false;
            }

            return true;
        }

        /// <summary>The documented order of priorities: greater where the first is narrower.</summary>
        public static int Compare(Rule one, Rule other)
        {
            int FirstWild(Rule rule) => rule.Path.IndexOfAny(['+', '*']) is >= 0 and var at ? at : int.MaxValue;
            int Pluses(Rule rule) => rule.Path.Split('/').Count(segment => segment == "+");
            var byWild = FirstWild(one).CompareTo(FirstWild(other));
            if (byWild != 0)
                return byWild;
            var byPrefix = other.IsPrefix.CompareTo(one.IsPrefix);
            if (byPrefix != 0)
                return byPrefix;
            var byPlus = Pluses(other).CompareTo(Pluses(one));
            if (byPlus != 0)
                return byPlus;
            var byLength = one.Path.Length.CompareTo(other.Path.Length);
            return byLength != 0 ? byLength : string.CompareOrdinal(one.Path, other.Path);
        }
    }

    /// <summary>Reads what HCL needs for policies: blocks, texts, lists and comments.</summary>
    private sealed class Reader(string text)
    {
        private int _at;

        public List<Rule> Rules()
        {
            var rules = new List<Rule>();
            for (Skip(); _at < text.Length; Skip())
            {
                if (Word() != "path")
                    throw Wrong("expected a path block");
                var path = Quoted();
                Expect('{');
                var capabilities = new List<Capability>();
                for (Skip(); !Next('}'); Skip())
                {
                    if (Word() != "capabilities")
                        throw Wrong("invalid key");
                    Expect('=');
                    capabilities = List();
                }

                rules.Add(new Rule(path.TrimStart('/'), capabilities));
            }

            return rules;
        }

        private List<Capability> List()
        {
            var items = new List<Capability>();
            Expect('[');
            for (Skip(); !Next(']'); Skip())
            {
                var item = Quoted();
                items.Add(
                    Enum.GetValues<Capability>().Cast<Capability?>().FirstOrDefault(each => NameOf(each) == item)
                    ?? throw Wrong($"invalid capability \"{item}\""));
                Skip();
                if (_at < text.Length && text[_at] == ',')
                    _at++;
            }

            return items;
        }

        private static string? NameOf(Capability? capability) => capability?.ToString().ToLowerInvariant();

        private string Quoted()
        {
            Expect('"');
            var read = new StringBuilder();
            for (; _at < text.Length && text[_at] != '"'; _at++)
            {
                if (text[_at] == '\\' && _at + 1 < text.Length)
                    _at++;
                read.Append(text[_at]);
            }

            Expect('"');
            return read.ToString();
        }

        private string Word()
        {
            var begin = _at;
            while (_at < text.Length && (char.IsAsciiLetter(text[_at]) || text[_at] == '_'))
                _at++;
            return text[begin.._at];
        }

        private bool Next(char character)
        {
            if (_at >= text.Length)
                throw Wrong("object expected closing RBRACE got: EOF");
            if (text[_at] != character)
                return false;
            _at++;
            return true;
        }

        private void Expect(char character)
        {
            Skip();
            if (_at >= text.Length || text[_at++] != character)
                throw Wrong($"expected '{character}'");
        }

        private void Skip()
        {
            while (_at < text.Length)
            {
                if (char.IsWhiteSpace(text[_at]))
                    _at++;
                else if (text[_at] == '#' || text.AsSpan(_at).StartsWith("//"))
                    _at = text.IndexOf('\n', _at) is >= 0 and var end ? end : text.Length;
                else
                    return;
            }
        }

        private Refusal Wrong(string why)
        {
            var line = text[..Math.Min(_at, text.Length)].Count(character => character == '\n') + 1;
            return Refusal.Invalid(
                $"failed to parse policy: At {line.ToString(CultureInfo.InvariantCulture)}: {why}");
        }
    }
}
