using Xunit;

namespace TmemCore.Caching.Tests;

public class KeyHashTests
{
    /// <summary>Results for the key 00 01 … 0f and data 00 01 …, as the function's authors publish them.</summary>
    [Theory]
    [InlineData(0, "A3817F04BA25A8E66DF67214C7550293")]
    [InlineData(1, "DA87C1D86B99AF44347659119B22FC45")]
    [InlineData(2, "8177228DA4A45DC7FCA38BDEF60AFFE4")]
    public void The_function_is_its_authors(int length, string expected)
    {
        byte[] data = [.. Enumerable.Range(0, length).Select(i => (byte)i)];

        (ulong low, ulong high) = KeyHash.SipHash(0x0706050403020100, 0x0F0E0D0C0B0A0908, data);

        Assert.Equal(expected, Convert.ToHexString([.. BitConverter.GetBytes(low), .. BitConverter.GetBytes(high)]));
    }

    [Fact]
    public void Every_bit_of_a_key_counts_in_every_word()
    {
        var hash = new KeyHash();
        byte[] key = Segments.Bytes(37);
        ObjectId id = hash.Hash(key);
        for (int bit = 0; bit < key.Length * 8; bit++)
        {
            key[bit / 8] ^= (byte)(1 << (bit % 8));
            ObjectId other = hash.Hash(key);
            Assert.True(id.Word0 != other.Word0 && id.Word1 != other.Word1 && id.Word2 != other.Word2);
            key[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        Assert.Equal(id, hash.Hash(key));
    }

    [Fact]
    public void No_two_caches_have_one_secret() => Assert.NotEqual(new KeyHash().Hash("key"u8), new KeyHash().Hash("key"u8));
}
