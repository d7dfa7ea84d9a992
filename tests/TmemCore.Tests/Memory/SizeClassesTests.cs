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
            Assert.InRange(bytes, SizeClasses.SlotBytes(sizeClass) - SizeClasses.StepBytes + 1, SizeClasses.SlotBytes(sizeClass));
        }
    }

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
