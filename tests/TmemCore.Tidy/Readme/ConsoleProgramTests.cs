using Xunit;

namespace TmemCore.Tidy.Readme;

/// <summary>The check of the page's programs notices when one breaks.</summary>
public class ConsoleProgramTests
{
    [Fact]
    public void A_program_runs_and_tells_its_output_and_exit_code()
    {
        ProgramResult result = new ConsoleProgram("Console.WriteLine(TmemCore.TmemPool.PageBytes);\nreturn 3;").Run();

        Assert.Equal(new ProgramResult(3, "4096\n", ""), result);
    }

    [Fact]
    public void A_call_that_does_not_exist_is_refused()
    {
        FormatException error = Assert.Throws<FormatException>(() => new ConsoleProgram("new TmemCore.TmemHost().Evaporate();").Run());

        Assert.Contains("Evaporate", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_warning_is_refused() =>
        Assert.Throws<FormatException>(() => new ConsoleProgram("string text = null; Console.WriteLine(text);").Run());

    [Fact]
    public void A_program_that_throws_ends_with_an_exit_code_and_says_why()
    {
        ProgramResult result = new ConsoleProgram("using TmemCore;\n_ = new TmemHost(new() { CapacityBytes = 1 });").Run();

        Assert.NotEqual(0, result.ExitCode);
        Assert.Contains("CapacityBytes", result.Errors, StringComparison.Ordinal);
    }
}
