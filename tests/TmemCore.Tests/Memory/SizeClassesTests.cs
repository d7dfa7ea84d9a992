using TmemCore.Memory;
using Xunit;

namespace TmemCore.Tests.Memory;

public sealed class SizeClassesTests
{
    [Fact]
    public void Every_length_fits_its_class_and_not_the_one_below()
    {
        for (int bytes = 1; bytes <= SizeClasses.MaximumSlotBytes; bytes++)
        {
            int sizeClass = SizeClasses.Of(bytes);
            Assert.InRange(sizeClass, 0, SizeClasses.Count - 1);
            int below = sizeClass == 0 ? 0 : SizeClasses.SlotBytes(sizeClass - 1);
            Assert.InRange(bytes, below + 1, SizeClasses.SlotBytes(sizeClass));
        }

        Assert.Equal(SizeClasses.Count - 1, SizeClasses.Of(SizeClasses.MaximumSlotBytes));
        Assert.Equal(SizeClasses.MaximumSlotBytes, SizeClasses.SlotBytes(SizeClasses.Count - 1));
    }

    [Theory]
    [InlineData(1, 32)]
    [InlineData(32, 32)]
    [InlineData(33, 64)]
    [InlineData(2048, 2048)]
    [InlineData(2049, 2112)]
    [InlineData(2112, 2112)]
    [InlineData(2113, 2176)]
    [InlineData(4032, 4032)]
    public void Steps_are_of_32_bytes_up_to_half_a_page_and_of_64_above(int bytes, int slotBytes) =>
        Assert.Equal(slotBytes, SizeClasses.SlotBytes(SizeClasses.Of(bytes)));

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(16)]
    public void Slots_lie_within_their_span_and_leave_as_little_over_as_can_be(int maximumFrames)
    {
        for (int sizeClass = 0; sizeClass < SizeClasses.Count; sizeClass++)
        {
            int frames = SizeClasses.Frames(sizeClass, maximumFrames);
            Assert.InRange(frames, 1, maximumFrames);
            Assert.InRange(SizeClasses.Slots(sizeClass, frames) * SizeClasses.SlotBytes(sizeClass), 1, frames * 4096);
            Assert.All(
                Enumerable.Range(1, maximumFrames),
                other => Assert.True(Share(sizeClass, other) <= Share(sizeClass, frames)));
        }
    }

    /// <summary>The part of a span's bytes that its slots take.</summary>
    private static double Share(int sizeClass, int frames) =>
        (double)SizeClasses.Slots(sizeClass, frames) * SizeClasses.SlotBytes(sizeClass) / (frames * 4096);
}
