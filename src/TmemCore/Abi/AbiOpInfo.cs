namespace TmemCore.Abi;

/// <summary>An op of a family, as its annotation states it.</summary>
/// <param name="Name">The op's name, such as <c>PutPage</c>.</param>
/// <param name="Number">Its number.</param>
/// <param name="Since">The first generation that has it.</param>
/// <param name="Until">The last generation that has it.</param>
public readonly record struct AbiOpInfo(string Name, uint Number, AbiGeneration Since, AbiGeneration Until);
