using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

public sealed class Crc32CTests
{
    private const uint ReflectedPolynomial = 0x82F6_3B78;

    [Fact]
    public void The_checksum_is_the_one_that_everybody_calls_so()
    {
        Assert.Equal(0xE306_9283u, Crc32C.Of("123456789"u8));
        Assert.Equal(0x8A91_36AAu, Crc32C.Of(new byte[32]));
        Assert.Equal(0u, Crc32C.Of([]));
    }

    [Fact]
    public void Bytes_of_any_length_have_the_sum_that_a_bit_by_bit_division_gives()
    {
        var bytes = new byte[9000];
        new Random(1).NextBytes(bytes);
        uint crc = uint.MaxValue;
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Equal(~crc, Crc32C.Of(bytes.AsSpan(0, length)));
            crc ^= bytes[length];
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ ((crc & 1) != 0 ? ReflectedPolynomial : 0);
            }
        }
    }
}
