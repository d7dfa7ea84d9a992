using System.CommandLine;
using TmemCore.Hypercalls;
using TmemCore.Tests.Hypercalls;
using TmemCore.Tool.Commands;
using TmemCore.Tool.Terminal;
using Xunit;

namespace TmemCore.Xen.Tests.Commands;

public sealed class XenCommandTests
{
    [Fact]
    public void Probe_reports_a_hypervisor_with_tmem()
    {
        using FakeXen xen = With(12);
        (int exit, string output, _) = Run(xen, "probe");
        Assert.Equal(0, exit);
        Assert.Contains("hypervisor  Xen 4.12\n", output, StringComparison.Ordinal);
        Assert.Contains("tmem        present\n", output, StringComparison.Ordinal);
        Assert.Contains("control     sysctl, interface version 0x12; 42 MiB freeable\n", output, StringComparison.Ordinal);
        xen.AssertNothingIsHeld();
    }

    [Theory]
    [InlineData(XenTmemState.Absent, "no tmem")]
    [InlineData(XenTmemState.SwitchedOff, "tmem=1")]
    [InlineData(XenTmemState.Refused, "refused")]
    public void Probe_says_why_tmem_cannot_be_used(XenTmemState state, string words)
    {
        using FakeXen xen = With(12);
        xen.Tmem = state;
        (int exit, string output, _) = Run(xen, "probe");
        Assert.Equal(1, exit);
        Assert.Contains(words, output, StringComparison.Ordinal);
    }

    [Fact]
    public void Probe_without_a_hypervisor_fails_and_says_what_to_do()
    {
        (int exit, string output, _) = Run(
            static () => throw XenUnavailableException.CannotOpen("/dev/xen/privcmd", -Errno.ENOENT), "probe");
        Assert.Equal(2, exit);
        Assert.Contains("modprobe xen-privcmd", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    [InlineData(12)]
    public void The_commands_act_on_clients(int minor)
    {
        using FakeXen xen = With(minor);
        xen.Text = "G=Tt:9\nC=CI:3,ww:0\n";
        Assert.Equal((0, "", ""), Run(xen, "freeze", "3"));
        Assert.True(xen.Clients[3].IsFrozen);
        Assert.Equal((0, "", ""), Run(xen, "thaw", "--all"));
        Assert.False(xen.Clients[3].IsFrozen);
        Assert.Equal((0, "", ""), Run(xen, "set", "3", "-w", "60", "-p", "1"));
        Assert.Equal((60u, true), (xen.Clients[3].Weight, xen.Clients[3].IsCompressed));
        Assert.Equal((0, "42\n", ""), Run(xen, "freeable"));
        Assert.Equal((0, "128\n", ""), Run(xen, "flush", "128"));
        Assert.Equal((0, xen.Text + "\n", ""), Run(xen, "list", "-l", "-a"));
        Assert.Equal((0, "", ""), Run(xen, "shared-auth", "3", "-u", "00000000-0000-0100-0000-0000000002ab", "-A", "1"));
        Assert.Equal(new PoolUuid(0x2ab, 0x100), xen.Grants[0].Uuid);
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void A_refusal_is_an_error_message_and_exit_code_1()
    {
        using FakeXen xen = With(12);
        (int exit, string output, string error) = Run(xen, "freeze", "99");
        Assert.Equal((1, ""), (exit, output));
        Assert.StartsWith("tmem xen: The hypervisor refused to freeze client 99: -1 (EPERM).", error, StringComparison.Ordinal);

        (exit, _, error) = Run(xen, "set", "3", "--cap", "5");
        Assert.Equal(1, exit);
        Assert.Contains("no cap", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("freeze")]
    [InlineData("freeze", "3", "--all")]
    [InlineData("freeze", "dom0")]
    [InlineData("freeze", "65536")]
    [InlineData("set", "3")]
    [InlineData("set", "3", "-p", "2")]
    [InlineData("set", "3", "-w", "-1")]
    [InlineData("set", "3", "-w", "much")]
    [InlineData("set", "3", "-w")]
    [InlineData("set", "3", "-p", "yes")]
    [InlineData("flush", "-5")]
    [InlineData("frames", "-n", "all")]
    [InlineData("flush")]
    [InlineData("frames", "-n", "0")]
    [InlineData("frames", "-n", "4097")]
    [InlineData("shared-auth", "3", "-A", "1")]
    [InlineData("shared-auth", "3", "-u", "00000000-0000-0100-0000-000000000200", "-A", "2")]
    public void Arguments_that_make_no_sense_never_reach_the_hypervisor(params string[] arguments)
    {
        using FakeXen xen = With(12);
        (int exit, _, string error) = Run(xen, arguments);
        Assert.Equal(1, exit);
        Assert.NotEmpty(error);
        Assert.Equal(0, xen.IoctlCount);
    }

    [Fact]
    public void Round_trip_passes_on_a_hypervisor_that_keeps_what_it_promises()
    {
        using FakeXen xen = With(12);
        (int exit, string output, _) = Run(xen, "roundtrip");
        Assert.Equal(0, exit);
        Assert.EndsWith("40 answers as expected, 0 not\n", output, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG", output, StringComparison.Ordinal);
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void Round_trip_fails_at_any_wrong_answer()
    {
        int total = Count("roundtrip");
        int wrong = 0;
        for (int n = 3; n <= total; n++)
        {
            using FakeXen xen = With(12);
            (xen.FailAtIoctl, xen.Answer) = (n, -Errno.EINVAL);
            (int exit, string output, _) = Run(xen, "roundtrip");

            // A way to frames may be closed, and closing a pool or giving frames back may fail: only answers are judged.
            wrong += exit == 1 && output.Contains("WRONG", StringComparison.Ordinal) ? 1 : 0;
            Assert.True(exit != 0 || output.Contains("not possible", StringComparison.Ordinal) || xen.ReservedCount > 0, output);
            xen.TakeBackReserved();
            xen.AssertNothingIsHeld();
        }

        // 40 answers less the six that compare pages, which no error number can spoil.
        Assert.Equal(34, wrong);
    }

    [Fact]
    public void Round_trip_without_tmem_says_so()
    {
        using FakeXen xen = With(12);
        xen.Tmem = XenTmemState.Absent;
        (int exit, string output, _) = Run(xen, "roundtrip");
        Assert.Equal(1, exit);
        Assert.Contains("absent in Xen 4.12", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Frames_are_checked_without_tmem()
    {
        using FakeXen xen = With(17);
        xen.Tmem = XenTmemState.Absent;
        (int exit, string output, _) = Run(xen, "frames", "--pages", "8");
        Assert.Equal(0, exit);
        Assert.Equal(2, output.Split("the numbers lead to the pages").Length - 1);
        xen.AssertNothingIsHeld();
    }

    [Fact]
    public void Every_command_has_examples_that_can_be_parsed()
    {
        var command = new XenCommand(new ToolConsole(TextWriter.Null, TextWriter.Null, isInteractive: false));
        Assert.Equal(command.Subcommands.Count, command.Examples.Count);
        foreach (ToolCommand one in command.Subcommands.Cast<ToolCommand>())
        {
            Assert.All(one.Examples, example => Assert.StartsWith($"tmem xen {one.Name}", example.CommandLine, StringComparison.Ordinal));
            string words = one.Examples[0].CommandLine["tmem xen ".Length..];
            Assert.Empty(command.Parse(words).Errors);
        }
    }

    private static FakeXen With(int minor)
    {
        var xen = new FakeXen(new XenVersion(4, minor));
        xen.Clients.Add(3, new FakeXen.Client());
        return xen;
    }

    private static int Count(params string[] arguments)
    {
        using FakeXen xen = With(12);
        Assert.Equal(0, Run(xen, arguments).Exit);
        return xen.IoctlCount;
    }

    private static (int Exit, string Output, string Error) Run(FakeXen xen, params string[] arguments) => Run(xen.Open, arguments);

    private static (int Exit, string Output, string Error) Run(Func<XenPort> open, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var console = new ToolConsole(output, error, isInteractive: false);
        int exit = new XenCommand(console, open).Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return (exit, output.ToString(), error.ToString());
    }
}
