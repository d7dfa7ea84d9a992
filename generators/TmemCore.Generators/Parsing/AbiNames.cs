namespace TmemCore.Generators.Parsing;

/// <summary>The metadata names the generator and the rules look for.</summary>
internal static class AbiNames
{
    public const string Namespace = "TmemCore.Abi";
    public const string Struct = Namespace + ".AbiStructAttribute";
    public const string Op = Namespace + ".AbiOpAttribute";
    public const string Family = Namespace + ".AbiFamilyAttribute";
    public const string Field = "AbiFieldAttribute";
    public const string Tag = "AbiTagAttribute";
    public const string Arm = "AbiArmAttribute";
    public const string Size = "AbiSizeAttribute";
    public const string From = "AbiFromAttribute";
    public const string Nested = "AbiNestedAttribute";
    public const string Retired = "AbiRetiredAttribute";
    public const string StructShort = "AbiStructAttribute";
    public const string FamilyShort = "AbiFamilyAttribute";
    public const string OpShort = "AbiOpAttribute";
}
