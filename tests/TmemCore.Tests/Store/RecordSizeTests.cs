using System.Runtime.CompilerServices;
using TmemCore.Memory;
using TmemCore.Store;
using Xunit;

namespace TmemCore.Tests.Store;

/// <summary>Records lie side by side in the arena: one that outgrows its room would write over the next.</summary>
public sealed class RecordSizeTests
{
    [Fact]
    public void Records_have_the_sizes_that_the_arena_is_laid_out_by()
    {
        Assert.Equal(ArenaLayout.ShardRecordBytes, Unsafe.SizeOf<ShardRecord>());
        Assert.Equal(ArenaLayout.ClientRecordBytes, Unsafe.SizeOf<ClientRecord>());
        Assert.Equal(ArenaLayout.PoolRecordBytes, Unsafe.SizeOf<PoolRecord>());
        Assert.Equal(ArenaLayout.DescriptorBytes, Unsafe.SizeOf<PageDescriptor>());
        Assert.Equal(ArenaLayout.PackedRecordBytes, Unsafe.SizeOf<PackedRecord>());
        Assert.Equal(ArenaLayout.CellBytes, Unsafe.SizeOf<ObjectRecord>());
        Assert.Equal(PoolShardRecord.Cells * ArenaLayout.CellBytes, Unsafe.SizeOf<PoolShardRecord>());
        Assert.InRange(Unsafe.SizeOf<MainQueue>(), 1, ArenaLayout.CellBytes);
    }

    [Fact]
    public void What_each_operation_counts_lies_on_one_line()
    {
        var record = default(ShardRecord);
        nint first = Unsafe.ByteOffset(ref Unsafe.As<ShardRecord, ulong>(ref record), ref record.Puts);
        nint last = Unsafe.ByteOffset(ref Unsafe.As<ShardRecord, ulong>(ref record), ref record.PersistentBytes);
        Assert.Equal((ArenaLayout.LineBytes, ArenaLayout.LineBytes), ((int)first, (int)last + sizeof(ulong) - ArenaLayout.LineBytes));
    }
}
