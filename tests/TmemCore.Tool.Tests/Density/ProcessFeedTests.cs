using TmemCore.Tool.Density;
using Xunit;

namespace TmemCore.Tool.Tests.Density;

public sealed class ProcessFeedTests
{
    [Theory]
    [InlineData("55d0c8a00000-55d0c8a21000 rw-p 00000000 00:00 0                          [heap]", 0x55d0c8a00000, 0x55d0c8a21000)]
    [InlineData("7f12a0000000-7f12a0021000 rw-p 00000000 00:00 0 ", 0x7f12a0000000, 0x7f12a0021000)]
    [InlineData("7ffd1b2c0000-7ffd1b2e1000 rwxp 00000000 00:00 0                          [stack]", 0x7ffd1b2c0000, 0x7ffd1b2e1000)]
    public void Private_memory_without_a_file_counts(string line, long from, long to)
    {
        Assert.True(ProcessFeed.TryParse(line, out long first, out long end));
        Assert.Equal(from, first);
        Assert.Equal(to, end);
    }

    [Theory]
    [InlineData("7f12a0000000-7f12a0021000 r--p 00000000 00:00 0 ")]
    [InlineData("7f12a0000000-7f12a0021000 rw-s 00000000 00:00 0 ")]
    [InlineData("7f12a0000000-7f12a0021000 rw-p 00001000 08:01 1234                       /usr/lib/libc.so.6")]
    [InlineData("ffffffffff600000-ffffffffff601000 rw-p 00000000 00:00 0                  [vsyscall]")]
    [InlineData("7f12a0021000-7f12a0000000 rw-p 00000000 00:00 0 ")]
    [InlineData("7f12a0000000 rw-p 00000000 00:00 0 ")]
    [InlineData("nothing of the kind")]
    [InlineData("")]
    public void Other_lines_do_not(string line) => Assert.False(ProcessFeed.TryParse(line, out _, out _));
}
