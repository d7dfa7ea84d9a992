using CsCheck;
using TmemCore.Hypercalls;
using Xunit;

namespace TmemCore.Tests.Hypercalls;

public sealed class GuestMemoryTests
{
    private const int FrameBytes = GuestMemory.FrameBytes;

    [Fact]
    public void A_registered_frame_opens_as_exactly_its_page()
    {
        var memory = new GuestMemory();
        var bytes = new byte[3 * FrameBytes];
        bytes.AsSpan(FrameBytes, FrameBytes).Fill(5);
        using GuestRegistration frames = memory.Register(0x100, bytes, GuestAccess.ReadWrite);
        Assert.Equal(0x100_000ul, frames.Address);
        Assert.True(memory.TryOpen(0x101, GuestAccess.ReadOnly, out GuestPage page));
        Assert.Equal(FrameBytes, page.Bytes.Length);
        Assert.Equal(FrameBytes, page.Bytes.Count((byte)5));
        page.Dispose();

        Assert.True(memory.TryOpen(0x102, GuestAccess.ReadWrite, out page));
        page.WritableBytes.Fill(6);
        page.Dispose();
        Assert.Equal(FrameBytes, bytes.AsSpan().Count((byte)6));
        Assert.Equal(6, bytes[^1]);
    }

    [Theory]
    [InlineData(0ul)]
    [InlineData(0xFFul)]
    [InlineData(0x103ul)]
    [InlineData(GuestMemory.FrameEnd)]
    [InlineData(GuestMemory.FrameEnd + 0x101)]
    [InlineData(0x8000_0000_0000_0101ul)]
    [InlineData(ulong.MaxValue)]
    public void Any_other_frame_is_refused(ulong frame)
    {
        var memory = new GuestMemory();
        using GuestRegistration frames = memory.Register(0x100, new byte[3 * FrameBytes], GuestAccess.ReadWrite);
        Assert.False(memory.TryOpen(frame, GuestAccess.ReadOnly, out GuestPage page));
        Assert.True(page.Bytes.IsEmpty);
        page.Dispose();
    }

    [Fact]
    public void Read_only_memory_is_never_handed_out_for_writing()
    {
        var memory = new GuestMemory();
        using GuestRegistration frames = memory.Register(7, new byte[FrameBytes], GuestAccess.ReadOnly);
        Assert.False(memory.TryOpen(7, GuestAccess.ReadWrite, out _));
        Assert.False(memory.TryWrite(7 * FrameBytes, new byte[1]));
        Assert.True(memory.TryOpen(7, GuestAccess.ReadOnly, out GuestPage page));
        using (page)
        {
            bool isRefused = false;
            try
            {
                _ = page.WritableBytes;
            }
            catch (InvalidOperationException)
            {
                isRefused = true;
            }

            Assert.True(isRefused);
        }
    }

    [Fact]
    public void Unregistered_frames_are_refused_and_an_open_page_stays()
    {
        using var pool = new HypercallBufferPool();
        var memory = new GuestMemory();
        HypercallBuffer buffer = pool.Rent(FrameBytes);
        GuestRegistration frames = memory.Register(9, buffer, GuestAccess.ReadWrite);
        buffer.Dispose();
        Assert.True(memory.TryOpen(9, GuestAccess.ReadWrite, out GuestPage page));
        frames.Dispose();
        frames.Dispose();
        Assert.False(memory.TryOpen(9, GuestAccess.ReadOnly, out _));
        Assert.Equal(FrameBytes, pool.RentedBytes);
        page.WritableBytes.Fill(1);
        page.Dispose();
        Assert.Equal(0, pool.RentedBytes);
        page.Dispose();
        Assert.Equal(0, pool.RentedBytes);
    }

    [Fact]
    public void A_lease_registered_without_a_number_is_found_at_its_own_address()
    {
        using var pool = new HypercallBufferPool();
        var memory = new GuestMemory();
        using HypercallBuffer buffer = pool.Rent(2 * FrameBytes);
        using GuestRegistration frames = memory.Register(buffer, GuestAccess.ReadWrite);
        Assert.Equal((ulong)buffer.DangerousAddress, frames.Address);
        Assert.True(memory.TryWrite((ulong)buffer.DangerousAddress + 4000, new byte[] { 1, 2, 3 }));
        Assert.Equal(new byte[] { 1, 2, 3 }, buffer.Slice(4000, 3).ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(FrameBytes - 1)]
    [InlineData(FrameBytes + 1)]
    public void Memory_that_is_not_whole_frames_is_refused(int lengthBytes)
    {
        var memory = new GuestMemory();
        Assert.Throws<ArgumentException>(() => memory.Register(0, new byte[lengthBytes], GuestAccess.ReadOnly));
    }

    [Theory]
    [InlineData(GuestMemory.FrameEnd)]
    [InlineData(GuestMemory.FrameEnd - 1)]
    [InlineData(ulong.MaxValue)]
    [InlineData(ulong.MaxValue - 1)]
    public void Frames_whose_addresses_would_overflow_cannot_be_registered(ulong firstFrame)
    {
        var memory = new GuestMemory();
        Assert.Throws<ArgumentOutOfRangeException>(() => memory.Register(firstFrame, new byte[2 * FrameBytes], GuestAccess.ReadOnly));
    }

    [Theory]
    [InlineData(10, 1)]
    [InlineData(9, 2)]
    [InlineData(12, 5)]
    [InlineData(0, 100)]
    public void Frames_that_overlap_others_are_refused_and_change_nothing(int firstFrame, int count)
    {
        var memory = new GuestMemory();
        using GuestRegistration frames = memory.Register(10, new byte[3 * FrameBytes], GuestAccess.ReadOnly);
        Assert.Throws<ArgumentException>(
            () => memory.Register((ulong)firstFrame, new byte[count * FrameBytes], GuestAccess.ReadWrite));
        Assert.False(memory.TryOpen(13, GuestAccess.ReadOnly, out _));
        Assert.False(memory.TryOpen(12, GuestAccess.ReadWrite, out _));
        using GuestRegistration beside = memory.Register(13, new byte[FrameBytes], GuestAccess.ReadWrite);
        Assert.True(memory.TryOpen(13, GuestAccess.ReadWrite, out GuestPage page));
        page.Dispose();
    }

    [Fact]
    public void A_range_over_several_registrations_is_read_and_written_as_one()
    {
        var memory = new GuestMemory();
        using GuestRegistration low = memory.Register(20, new byte[FrameBytes], GuestAccess.ReadWrite);
        using GuestRegistration high = memory.Register(21, new byte[2 * FrameBytes], GuestAccess.ReadWrite);
        byte[] source = [.. Enumerable.Range(0, 6000).Select(static i => (byte)(i % 251))];
        ulong address = (20 * FrameBytes) + 3000;
        Assert.True(memory.TryWrite(address, source));
        var read = new byte[source.Length];
        Assert.True(memory.TryRead(address, read));
        Assert.Equal(source, read);
    }

    [Fact]
    public void A_write_that_ends_beyond_the_last_frame_writes_nothing()
    {
        var memory = new GuestMemory();
        var bytes = new byte[FrameBytes];
        using GuestRegistration frames = memory.Register(20, bytes, GuestAccess.ReadWrite);
        using GuestRegistration readOnly = memory.Register(21, new byte[FrameBytes], GuestAccess.ReadOnly);
        byte[] ones = [.. Enumerable.Repeat((byte)1, 200)];
        Assert.False(memory.TryWrite((21 * FrameBytes) - 100, ones));
        Assert.Equal(0, bytes.AsSpan().Count((byte)1));
        Assert.False(memory.TryRead((22 * FrameBytes) - 100, new byte[200]));
    }

    [Fact]
    public void The_very_last_frame_can_be_used_to_its_last_byte_and_no_further()
    {
        var memory = new GuestMemory();
        using GuestRegistration frames = memory.Register(GuestMemory.FrameEnd - 1, new byte[FrameBytes], GuestAccess.ReadWrite);
        Assert.True(memory.TryWrite(ulong.MaxValue - 10, new byte[10]));
        Assert.False(memory.TryWrite(ulong.MaxValue - 10, new byte[12]));
        Assert.False(memory.TryRead(ulong.MaxValue, new byte[2]));
        Assert.True(memory.TryRead(ulong.MaxValue - 4095, new byte[4095]));
    }

    [Fact]
    public void Any_frame_is_found_exactly_if_a_model_has_it()
    {
        Gen.Select(Gen.Int[0, 40], Gen.Int[1, 4], Gen.Bool).Array[0, 12].Sample(areas =>
        {
            var memory = new GuestMemory();
            var model = new Dictionary<ulong, GuestAccess>();
            foreach ((int first, int count, bool isWritable) in areas)
            {
                ulong[] numbers = [.. Enumerable.Range(first, count).Select(static n => (ulong)n)];
                GuestAccess access = isWritable ? GuestAccess.ReadWrite : GuestAccess.ReadOnly;
                if (numbers.Any(model.ContainsKey))
                {
                    Assert.Throws<ArgumentException>(() => memory.Register((ulong)first, new byte[count * FrameBytes], access));
                    continue;
                }

                GuestRegistration frames = memory.Register((ulong)first, new byte[count * FrameBytes], access);
                if (first % 5 == 0)
                {
                    frames.Dispose();
                    continue;
                }

                Array.ForEach(numbers, n => model.Add(n, access));
            }

            for (ulong frame = 0; frame < 48; frame++)
            {
                bool isThere = model.TryGetValue(frame, out GuestAccess access);
                Assert.Equal(isThere, memory.TryOpen(frame, GuestAccess.ReadOnly, out GuestPage page));
                page.Dispose();
                Assert.Equal(isThere && access == GuestAccess.ReadWrite, memory.TryOpen(frame, GuestAccess.ReadWrite, out page));
                page.Dispose();
            }
        });
    }

    [Fact]
    public async Task Pages_stay_whole_while_frames_come_and_go()
    {
        using var pool = new HypercallBufferPool();
        var memory = new GuestMemory();
        using var stop = new CancellationTokenSource();
        Task reader = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (memory.TryOpen(3, GuestAccess.ReadOnly, out GuestPage page))
                {
                    using (page)
                    {
                        // A buffer is filled before it is registered; if it were rented again meanwhile it would be zeroed.
                        Assert.Equal(FrameBytes, page.Bytes.Count((byte)0xEE));
                    }
                }
            }
        });
        for (int i = 0; i < 3000; i++)
        {
            HypercallBuffer buffer = pool.Rent(FrameBytes);
            buffer.Span.Fill(0xEE);
            using GuestRegistration frames = memory.Register(3, buffer, GuestAccess.ReadOnly);
            buffer.Dispose();
        }

        await stop.CancelAsync();
        await reader;
        Assert.Equal(0, pool.RentedBytes);
    }
}
