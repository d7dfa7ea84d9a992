using System.Linq;
using TmemCore.Generators.Layout;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Parsing;

/// <summary>The structure a family's ops arrive in, for some generations, and the arm that holds their number.</summary>
internal sealed class Home(Generations range, StructDefinition definition, string? arm)
{
    private readonly StructLayout?[] _layouts = new StructLayout?[2 * AbiPoint.GenerationCount];

    public Generations Range => range;

    public StructDefinition Struct => definition;

    public string? Arm => arm;

    /// <summary>The member whose structure holds the number, or null where the structure itself does.</summary>
    public FieldDefinition? ArmField { get; } =
        arm is null ? null : definition.Fields.FirstOrDefault(candidate => candidate.Member == arm);

    /// <summary>Where the structure's fields are, worked out once for all ops of the family.</summary>
    public StructLayout Layout(AbiPoint point) => _layouts[point.Index] ??= LayoutEngine.Compute(definition, point);
}
