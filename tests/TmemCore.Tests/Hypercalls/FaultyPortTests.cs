using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class FaultyPortTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Only_the_chosen_call_fails_and_does_not_get_through(int failAtCall)
    {
        var inner = new ScriptedPort(static _ => 7);
        var port = new FaultyPort(inner, failAtCall, Errno.EFROZEN);
        for (int n = 1; n <= 5; n++)
        {
            Assert.Equal(n == failAtCall ? -1000 : 7, port.Call(HypercallNumber.TmemOp, new byte[56]));
        }

        Assert.Equal(5, port.CallCount);
        Assert.Equal(4, inner.Calls.Count);
    }

    [Fact]
    public void A_call_beyond_the_last_never_fails()
    {
        var port = new FaultyPort(new ScriptedPort(static _ => 1), failAtCall: 100, Errno.ENOMEM);
        Assert.Equal(1, port.Call(HypercallNumber.TmemOp, new byte[56]));
        Assert.Equal("call 100 fails with -12 (ENOMEM)", port.ToString());
    }

    [Fact]
    public void Numbers_that_make_no_sense_are_refused()
    {
        var inner = new ScriptedPort(static _ => 1);
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaultyPort(inner, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaultyPort(inner, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new FaultyPort(inner, 1, -12));
        Assert.Throws<ArgumentNullException>(() => new FaultyPort(null!, 1, 1));
    }
}
