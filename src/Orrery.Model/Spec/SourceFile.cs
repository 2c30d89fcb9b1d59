namespace Orrery.Model.Spec;

/// <summary>One file of a declaration: its name as shown in messages, and its text.</summary>
public sealed record SourceFile(string Name, string Text);
