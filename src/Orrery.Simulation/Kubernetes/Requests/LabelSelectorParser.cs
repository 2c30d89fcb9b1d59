namespace Orrery.Simulation.Kubernetes.Requests;

/// <summary>Reads the text form of label selectors.</summary>
internal sealed class LabelSelectorParser(string text)
{
    private int _at;

    public LabelSelector.Requirement? Next()
    {
        SkipBlanks();
        if (_at >= text.Length)
            return null;
        if (Taken('!'))
            return Ended(new LabelSelector.Requirement(Word(), "absent", []));
        var key = Word();
        SkipBlanks();
        if (_at >= text.Length || text[_at] == ',')
            return Ended(new LabelSelector.Requirement(key, "exists", []));
        var what = Operator();
        if (what is "in" or "notin" && Taken('('))
            return Ended(new LabelSelector.Requirement(key, what, Words()));
        if (what is "set-in" or "set-notin")
            throw Unexpected("'('");
        var value = Value();
        return Ended(new LabelSelector.Requirement(key, what, [value]));
    }

    private string Operator()
    {
        if (Taken("==") || Taken('='))
            return "in";
        if (Taken("!="))
            return "notin";
        if (Taken('>'))
            return "gt";
        if (Taken('<'))
            return "lt";
        var word = Word();
        SkipBlanks();
        return word is "in" or "notin" && _at < text.Length && text[_at] == '('
            ? word
            : throw ApiFailure.BadRequest(
                $"unable to parse requirement: found '{word}', expected: in, notin, =, ==, !=, gt, lt");
    }

    private string Value()
    {
        SkipBlanks();
        if (_at < text.Length && text[_at] is '=' or '!' or '(' or ')' or '<' or '>')
            throw Unexpected("identifier");
        return _at >= text.Length || text[_at] == ',' ? "" : Word();
    }

    private List<string> Words()
    {
        var words = new List<string>();
        while (!Taken(')'))
        {
            words.Add(Word());
            SkipBlanks();
            if (!Taken(',') && (_at >= text.Length || text[_at] != ')'))
                throw Unexpected("',' or ')'");
        }

        return words;
    }

    private string Word()
    {
        SkipBlanks();
        var start = _at;
        while (_at < text.Length && (char.IsAsciiLetterOrDigit(text[_at]) || text[_at] is '-' or '_' or '.' or '/'))
            _at++;
        return _at > start ? text[start.._at] : throw Unexpected("identifier");
    }

    private LabelSelector.Requirement Ended(LabelSelector.Requirement requirement)
    {
        SkipBlanks();
        if (_at < text.Length && !Taken(','))
            throw Unexpected("',' or 'end of string'");
        return requirement;
    }

    private ApiFailure Unexpected(string expected) => ApiFailure.BadRequest(
        $"unable to parse requirement: found '{(_at < text.Length ? text[_at] : "")}', expected: {expected}");

    private bool Taken(char c)
    {
        SkipBlanks();
        if (_at >= text.Length || text[_at] != c)
            return false;
        _at++;
        return true;
    }

    private bool Taken(string word)
    {
        SkipBlanks();
        if (!text.AsSpan(_at).StartsWith(word, StringComparison.Ordinal))
            return false;
        _at += word.Length;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < text.Length && text[_at] == ' ')
            _at++;
    }
}
