using System.ComponentModel;
using System.Diagnostics;
using TmemCore.Abi;
using Xunit;
using Xunit.Abstractions;

namespace TmemCore.Tests.Abi;

/// <summary>
/// The C header asserts the size and offset of everything in it, so compiling it is the comparison with a C compiler. Where
/// there is no compiler the tests say so in their output and pass.
/// </summary>
public class CHeaderTests(ITestOutputHelper output)
{
    public static TheoryData<string, string> Releases
    {
        get
        {
            TheoryData<string, string> data = [];
            foreach (string release in AbiCatalogue.Layouts().Select(layout => layout.Release).Distinct())
            {
                data.Add(release, "-m64");
                data.Add(release, "-m32");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void A_compiler_agrees_with_every_size_and_offset(string release, string width)
    {
        if (Compile(Header(AbiCatalogue.Layouts()), width, "-D" + AbiListing.Macro(release)) is string errors)
        {
            Assert.Equal("", errors);
        }
    }

    [Fact]
    public void A_header_of_one_release_needs_no_macro_and_one_width_is_enough()
    {
        AbiLayout[] one = [.. AbiCatalogue.Layouts().Where(layout => layout.Label == "v1-4.0.2_to_4.5/x86_64")];
        string header = Header(one);
        Assert.DoesNotContain("#ifdef", header);
        Assert.Contains("#define TMEM_PUT_PAGE 4\n", header);
        Assert.Contains("#define TMEM_SAVE_GET_NEXT_PAGE 19\n", header);
        if (Compile(header, "-m64") is string errors)
        {
            Assert.Equal("", errors);
        }
    }

    [Fact]
    public void A_wrong_offset_does_not_compile()
    {
        string header = Header(AbiCatalogue.Layouts());
        string wrong = header.Replace("offsetof(struct tmem_op, u.gen.index) == 32", "offsetof(struct tmem_op, u.gen.index) == 36");
        Assert.NotEqual(header, wrong);
        if (Compile(wrong, "-m64", "-DTMEM_ABI_V1_4_0_2_TO_4_5") is string errors)
        {
            Assert.Contains("u.gen.index", errors);
        }
    }

    private static string Header(IReadOnlyList<AbiLayout> layouts)
    {
        StringWriter writer = new();
        AbiListing.WriteCHeader(writer, layouts, AbiCatalogue.Operations);
        return writer.ToString();
    }

    /// <summary>What the compiler complains of; null where there is no compiler.</summary>
    private string? Compile(string source, params string[] arguments)
    {
        ProcessStartInfo start = new("gcc")
        {
            RedirectStandardInput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in (string[])
            [.. arguments, "-std=c11", "-ffreestanding", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-x", "c", "-"])
        {
            start.ArgumentList.Add(argument);
        }

        try
        {
            using Process compiler = Process.Start(start)!;
            compiler.StandardInput.Write(source);
            compiler.StandardInput.Close();
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return errors;
        }
        catch (Win32Exception absent)
        {
            output.WriteLine($"Not compared with a C compiler: gcc cannot be started ({absent.Message}).");
            return null;
        }
    }
}
