using System.Diagnostics.CodeAnalysis;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class HypercallBufferTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(56)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(32768)]
    public void A_lease_is_as_long_as_asked_for_on_a_page_boundary_and_zero(int lengthBytes)
    {
        using var pool = new HypercallBufferPool();
        using HypercallBuffer buffer = pool.Rent(lengthBytes);
        Assert.Equal(lengthBytes, buffer.LengthBytes);
        Assert.Equal(lengthBytes, buffer.Span.Length);
        Assert.Equal(0, buffer.DangerousAddress % Environment.SystemPageSize);
        Assert.Equal(-1, buffer.Span.IndexOfAnyExcept((byte)0));
    }

    [Fact]
    public void The_kernel_says_that_a_lease_is_locked_and_kept_out_of_fork_and_dump()
    {
        using var pool = new HypercallBufferPool();
        using HypercallBuffer buffer = pool.Rent(8192);
        string[] flags = KernelFlags(buffer.DangerousAddress);
        Assert.Contains("lo", flags);
        Assert.Contains("dc", flags);
        Assert.Contains("dd", flags);
    }

    [Fact]
    [SuppressMessage("Pinning", "TMEM106", Justification = "What a disposed lease answers is what is tested.")]
    public void After_dispose_every_member_of_every_copy_throws()
    {
        using var pool = new HypercallBufferPool();
        HypercallBuffer buffer = pool.Rent(100);
        HypercallBuffer copy = buffer;
        buffer.Dispose();
        Assert.Throws<ObjectDisposedException>(() => copy.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => copy.DangerousAddress);
        Assert.Throws<ObjectDisposedException>(() => copy.Slice(0, 1).Length);
        Assert.Throws<ObjectDisposedException>(() => new HypercallArgument(copy).Bytes.Length);
        copy.Dispose();
    }

    [Fact]
    [SuppressMessage("Pinning", "TMEM106", Justification = "What a disposed lease answers is what is tested.")]
    public void A_stale_lease_is_refused_although_its_memory_is_rented_again_and_does_not_end_the_new_lease()
    {
        using var pool = new HypercallBufferPool();
        HypercallBuffer first = pool.Rent(100);
        nint address = first.DangerousAddress;
        first.Span.Fill(7);
        first.Dispose();
        using HypercallBuffer second = pool.Rent(100);
        Assert.Equal(address, second.DangerousAddress);
        Assert.Throws<ObjectDisposedException>(() => first.Span.Length);
        first.Dispose();
        Assert.Equal(-1, second.Span.IndexOfAnyExcept((byte)0));
        Assert.Equal(4096, pool.RentedBytes);
    }

    [Fact]
    public void A_lease_never_rented_is_refused()
    {
        HypercallBuffer none = default;
        Assert.Throws<ObjectDisposedException>(() => none.Span.Length);
        none.Dispose();
    }

    [Theory]
    [InlineData(0, 101)]
    [InlineData(100, 1)]
    [InlineData(101, 0)]
    [InlineData(-1, 1)]
    [InlineData(0, -1)]
    [InlineData(1, int.MaxValue)]
    [InlineData(int.MinValue, 1)]
    public void A_slice_beyond_the_lease_is_refused_although_its_page_goes_on(int offsetBytes, int lengthBytes)
    {
        using var pool = new HypercallBufferPool();
        using HypercallBuffer buffer = pool.Rent(100);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Slice(offsetBytes, lengthBytes).Length);
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(100, 0)]
    [InlineData(42, 13)]
    public void A_slice_inside_the_lease_is_that_part_of_it(int offsetBytes, int lengthBytes)
    {
        using var pool = new HypercallBufferPool();
        using HypercallBuffer buffer = pool.Rent(100);
        buffer.Slice(offsetBytes, lengthBytes).Fill(9);
        Assert.Equal(lengthBytes, buffer.Span.Count((byte)9));
        Assert.Equal(lengthBytes == 0 ? -1 : offsetBytes, buffer.Span.IndexOf((byte)9));
    }

    [Fact]
    public void Memory_that_a_call_still_uses_is_not_rented_again()
    {
        using var pool = new HypercallBufferPool();
        HypercallBuffer buffer = pool.Rent(100);
        nint address = buffer.DangerousAddress;
        LockedBlock held = buffer.Hold();
        buffer.Dispose();
        using (HypercallBuffer other = pool.Rent(100))
        {
            Assert.NotEqual(address, other.DangerousAddress);
        }

        Assert.Equal(4096, pool.RentedBytes);
        held.Release();
        Assert.Equal(0, pool.RentedBytes);
    }

    private static string[] KernelFlags(nint address)
    {
        bool isFound = false;
        foreach (string line in File.ReadLines("/proc/self/smaps"))
        {
            string first = line.Split(' ', 2)[0];
            string[] range = first.Split('-');
            if (range.Length == 2 && long.TryParse(range[0], System.Globalization.NumberStyles.HexNumber, null, out long from))
            {
                long to = long.Parse(range[1], System.Globalization.NumberStyles.HexNumber, null);
                isFound = address >= from && address < to;
            }
            else if (isFound && first == "VmFlags:")
            {
                return line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            }
        }

        return [];
    }
}
