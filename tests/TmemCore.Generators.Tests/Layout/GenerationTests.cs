using TmemCore.Abi;
using TmemCore.Generators.Models;

namespace TmemCore.Generators.Tests.Layout;

public class GenerationTests
{
    [Fact]
    public void The_generator_knows_the_generations_by_their_names_and_numbers()
    {
        Assert.Equal(AbiPoint.GenerationCount, Enum.GetValues<AbiGeneration>().Length);
        foreach (AbiGeneration generation in Enum.GetValues<AbiGeneration>())
        {
            Assert.Equal(generation.ToString(), AbiPoint.GenerationName((int)generation));
            Assert.Equal(new TmemAbi(generation).Index, new AbiPoint((int)generation, true).Index);
            Assert.Equal(new TmemAbi(generation, AbiWordSize.Bits32).Index, new AbiPoint((int)generation, false).Index);
        }
    }

    [Fact]
    public void The_generator_knows_the_forms_by_their_names_and_numbers()
    {
        Assert.Equal(
            Enum.GetValues<AbiForm>().Select(form => (form.ToString(), (int)form)),
            Enum.GetValues<WireForm>().Select(form => (form.ToString(), (int)form)));
    }
}
