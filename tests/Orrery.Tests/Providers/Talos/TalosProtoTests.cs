using System.Text.RegularExpressions;
using Google.Protobuf.Reflection;
using Orrery.Providers.Talos.Api.Wire;
using Orrery.Tests.Contracts;

namespace Orrery.Tests.Providers.Talos;

/// <summary>Our own protocol files beside those that the machines are built of.</summary>
public sealed partial class TalosProtoTests
{
    [ContractFact]
    public void Every_field_has_the_number_and_the_type_that_the_contract_gives_it()
    {
        var contract = Contract();
        string[] ours =
        [
            .. MessagesOf(MachineReflection.Descriptor).Concat(MessagesOf(ResourcesReflection.Descriptor))
                .Concat(MessagesOf(Orrery.Providers.Grpc.Wire.StatusReflection.Descriptor))
                .SelectMany(message => message.Fields.InDeclarationOrder()
                    .Select(field => $"{PathOf(message)}.{field.Name} = {field.FieldNumber} {TypeOf(field)}")),
        ];

        ours.Length.ShouldBeGreaterThan(90);
        ours.Where(field => !contract.Contains(field)).ShouldBeEmpty();
    }

    [ContractFact]
    public void Every_value_of_an_enumeration_has_the_number_that_the_contract_gives_it()
    {
        var contract = Contract();
        string[] ours =
        [
            .. new[] { MachineReflection.Descriptor, ResourcesReflection.Descriptor }.SelectMany(file =>
                file.EnumTypes.Concat(file.MessageTypes.SelectMany(message => message.EnumTypes)))
                .SelectMany(type => type.Values.Select(value => $"{type.Name}.{value.Name} = {value.Number}")),
        ];

        ours.Length.ShouldBeGreaterThan(20);
        ours.Where(value => !contract.Contains(value)).ShouldBeEmpty();
    }

    private static IEnumerable<MessageDescriptor> MessagesOf(FileDescriptor file) => file.MessageTypes;

    private static string PathOf(MessageDescriptor message) => message.Name;

    private static string TypeOf(FieldDescriptor field)
    {
        var name = field.FieldType switch
        {
            FieldType.Message => field.MessageType.Name,
            FieldType.Enum => field.EnumType.Name,
            var scalar => scalar.ToString().ToLowerInvariant(),
        };
        return field.IsRepeated ? $"repeated {name}" : name;
    }

    /// <summary>
    /// All fields and values of the contract, each as one line; the outermost name is that of its type.
    /// </summary>
    private static HashSet<string> Contract()
    {
        var found = new HashSet<string>(StringComparer.Ordinal);
        var folder = ContractFolder.Of("talos", "protos");
        var files = Directory.EnumerateFiles(folder, "*.proto", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal);
        foreach (var file in files)
        {
            var scopes = new Stack<string>();
            foreach (var line in File.ReadLines(file).Select(line => line.Split("//")[0].Trim()))
            {
                if (Scope().Match(line) is { Success: true } scope)
                    scopes.Push(scope.Groups["name"].Value);
                else if (line.EndsWith('{'))
                    scopes.Push(scopes.TryPeek(out var around) ? around : "");
                else if (Field().Match(line) is { Success: true } field && scopes.TryPeek(out var type))
                    found.Add(Line(type, field));
                if (line.EndsWith('}') && scopes.Count > 0)
                    scopes.Pop();
            }
        }

        return found;
    }

    private static string Line(string type, Match field)
    {
        var (name, number) = (field.Groups["name"].Value, field.Groups["number"].Value);
        var kind = field.Groups["type"].Value;
        kind = kind[(kind.LastIndexOf('.') + 1)..];
        if (kind.Length == 0)
            return $"{type}.{name} = {number}";
        return $"{type}.{name} = {number} {(field.Groups["repeated"].Success ? "repeated " : "")}{kind}";
    }

    [GeneratedRegex(@"^(message|enum)\s+(?<name>\w+)\s*\{", RegexOptions.ExplicitCapture)]
    private static partial Regex Scope();

    [GeneratedRegex(
        @"^((?<repeated>repeated)\s+|optional\s+)?((?<type>[\w.]+)\s+)?(?<name>\w+)\s*=\s*(?<number>\d+)\s*(\[.*\])?;",
        RegexOptions.ExplicitCapture)]
    private static partial Regex Field();
}
