namespace Orrery.Model.Values;

/// <summary>
/// What a resource's property is: plain data, or an output of another resource that is not known yet, or data that must
/// not be shown. Knownness and secrecy are types, so neither can be forgotten.
/// </summary>
public abstract record Value
{
    private Value()
    {
    }

    public sealed record Null : Value
    {
        public static Null Instance { get; } = new();
    }

    public sealed record Bool(bool Is) : Value;

    public sealed record Number(decimal Of) : Value;

    public sealed record Text(string Of) : Value;

    public sealed record List(ValueList<Value> Items) : Value;

    public sealed record Map(ValueMap<Value> Fields) : Value
    {
        public static Map Empty { get; } = new(ValueMap<Value>.Empty);

        public Value this[string field] => Fields.TryGetValue(field, out var value) ? value : Null.Instance;
    }

    /// <summary>An output of another resource; known once that resource exists.</summary>
    public sealed record Unknown(OutputReference From) : Value
    {
        public override string ToString() => $"(known after {From})";
    }

    /// <summary>Data that leaves the process only encrypted or to whom it is for.</summary>
    public sealed record Sensitive(Value Of) : Value
    {
        public override string ToString() => "(sensitive)";
    }

    public static implicit operator Value(string text) => new Text(text);

    public static implicit operator Value(bool value) => new Bool(value);

    public static implicit operator Value(long number) => new Number(number);

    public static Map MapOf(params ReadOnlySpan<(string Key, Value Value)> fields) => new(ValueMap.Of(fields));

    public static List ListOf(IEnumerable<Value> items) => new(items.ToValueList());

    /// <summary>Every output that this value waits for, in the order of its fields.</summary>
    public IReadOnlyList<OutputReference> References()
    {
        if (IsKnown)
            return [];
        var found = new List<OutputReference>();
        CollectReferences(found);
        return found;
    }

    /// <summary>The same value with each output that <paramref name="known"/> has put in its place.</summary>
    public Value Resolve(Func<OutputReference, Value?> known) => this switch
    {
        _ when IsKnown => this,
        Unknown unknown => known(unknown.From) ?? this,
        Sensitive sensitive => Hide(sensitive.Of.Resolve(known)),
        List list => new List(list.Items.Map(item => item.Resolve(known))),
        Map map => new Map(map.Fields.Map((_, field) => field.Resolve(known))),
        _ => this,
    };

    /// <summary>What is sensitive already, such as another resource's output, is not hidden twice.</summary>
    private static Sensitive Hide(Value value) => value as Sensitive ?? new Sensitive(value);

    public bool IsKnown => this switch
    {
        Unknown => false,
        Sensitive sensitive => sensitive.Of.IsKnown,
        List list => list.Items.All(static item => item.IsKnown),
        Map map => map.Fields.All(static value => value.IsKnown),
        _ => true,
    };

    /// <summary>This value's text; null where it is nothing; anything else is our mistake.</summary>
    public string? AsText() => this switch
    {
        Text text => text.Of,
        Sensitive sensitive => sensitive.Of.AsText(),
        Null => null,
        _ => throw new InvariantException($"text expected, found {GetType().Name}"),
    };

    /// <summary>This value's whole number; null where it is nothing; anything else is our mistake.</summary>
    public long? AsNumber() => this switch
    {
        Number number => (long)number.Of,
        Null => null,
        _ => throw new InvariantException($"a number expected, found {GetType().Name}"),
    };

    public bool AsBool() => this is Bool { Is: true };

    public ValueList<Value> AsList() => this switch
    {
        List list => list.Items,
        Null => ValueList<Value>.Empty,
        _ => throw new InvariantException($"a list expected, found {GetType().Name}"),
    };

    private void CollectReferences(List<OutputReference> found)
    {
        switch (this)
        {
            case Unknown unknown:
                found.Add(unknown.From);
                break;
            case Sensitive sensitive:
                sensitive.Of.CollectReferences(found);
                break;
            case List list:
                foreach (var item in list.Items)
                    item.CollectReferences(found);
                break;
            case Map map:
                foreach (var (_, field) in map.Fields)
                    field.CollectReferences(found);
                break;
        }
    }
}
