using CsCheck;
using Xunit;
using Check = CsCheck.Check;

namespace TmemCore.Tests.Engine.Model;

/// <summary>Random sequences of operations by several clients, on the store and on a model of it. What fails is shrunk and printed as code.</summary>
public sealed class ModelTests
{
    private const int LongestSequence = 150;

    private static readonly Gen<OpKind> s_kinds = Gen.Frequency(
        (30, Gen.Const(OpKind.Put)),
        (20, Gen.Const(OpKind.Fill)),
        (25, Gen.Const(OpKind.Get)),
        (8, Gen.Const(OpKind.FlushPage)),
        (5, Gen.Const(OpKind.FlushObject)),
        (3, Gen.Const(OpKind.PutUnreadable)),
        (3, Gen.Const(OpKind.GetUnwritable)),
        (4, Gen.Const(OpKind.CreatePool)),
        (2, Gen.Const(OpKind.DestroyPool)),
        (1, Gen.Const(OpKind.KillClient)),
        (2, Gen.Const(OpKind.Freeze)),
        (3, Gen.Const(OpKind.Thaw)),
        (1, Gen.Const(OpKind.BeginSave)),
        (2, Gen.Const(OpKind.EndSave)),
        (3, Gen.Const(OpKind.SetCapacity)),
        (1, Gen.Const(OpKind.GiveBack)),
        (2, Gen.Const(OpKind.SetCompression)),
        (3, Gen.Const(OpKind.HandOver)));

    private static readonly Gen<ModelOp[]> s_sequences = Gen.Select(
        s_kinds,
        Gen.Int[0, ModelOp.Clients - 1],
        Gen.Int[0, ModelOp.Slots - 1],
        Gen.Int[0, ModelOp.Objects - 1],
        Gen.Int[0, ModelOp.Indexes - 1],
        Gen.Int[1, 24],
        (kind, client, slot, id, index, count) => new ModelOp(kind, client, slot, id, index, count)).Array[1, LongestSequence];

    private static TmemHostOptions Roomy { get; } = new()
    {
        CapacityBytes = TmemHostOptions.MinimumCapacityBytes,
        MaximumCapacityBytes = 2 * TmemHostOptions.MinimumCapacityBytes,
        HashSeed = 7,
        RequireSharedAuthorization = false,
    };

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_store_does_what_the_model_says_where_bytes_decide(int shards) =>
        Sample(Roomy with { Shards = shards }, iterations: 250);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_store_does_what_the_model_says_with_pages_of_any_size(int shards) =>
        Sample(Roomy with { Shards = shards, CompressByDefault = true }, iterations: 250);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_store_does_what_the_model_says_while_cold_pages_are_recompressed(int shards) => Sample(
        Roomy with { Shards = shards, CompressByDefault = true, ColdCompression = PageCompression.Zstandard, ColdClock = new FakeClock() },
        iterations: 250);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void The_store_does_exactly_what_the_model_says_under_the_original_rules(int shards) =>
        Sample(Hosts.Xen(frames: 40, shards), iterations: 250);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_store_does_what_the_model_says_while_it_goes_from_process_to_process(int shards) => Sample(
        Roomy with
        {
            Shards = shards,
            CompressByDefault = true,
            ColdCompression = PageCompression.Zstandard,
            ColdClock = new FakeClock(),
            Backing = BackingMemory.MemoryFile,
        },
        iterations: 250);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public void The_store_keeps_to_the_original_rules_while_it_goes_from_process_to_process(int shards) =>
        Sample(Hosts.Xen(frames: 40, shards) with { Backing = BackingMemory.MemoryFile }, iterations: 250);

    [Fact]
    public void A_model_that_is_wrong_is_found_out_and_the_sequence_is_shrunk()
    {
        CsCheckException failure = Assert.ThrowsAny<CsCheckException>(() => Sample(Hosts.Xen(frames: 40), iterations: 2_000, isModelWrong: true));

        // A page put, and taken twice: nothing else is needed to tell a take from a get.
        string shrunk = Assert.IsType<ModelMismatchException>(failure.InnerException).Message;
        Assert.Contains("expected", shrunk, StringComparison.Ordinal);
        Assert.InRange(shrunk.Split("new(OpKind").Length - 1, 2, 4);
    }

    private static void Sample(TmemHostOptions options, long iterations, bool isModelWrong = false) => Check.Sample(
        s_sequences,
        ops =>
        {
            if (MismatchOf(options, ops, isModelWrong) is not null)
            {
                ModelOp[] fewest = Shrinker.Shrink(ops, some => MismatchOf(options, some, isModelWrong) is not null);
                throw new ModelMismatchException($"{MismatchOf(options, fewest, isModelWrong)}{Environment.NewLine}{Print(fewest)}");
            }
        },
        iter: iterations * Hosts.Stress,
        print: ops => $"{ops.Length} steps, shrunk below");

    private static string? MismatchOf(TmemHostOptions options, ModelOp[] ops, bool isModelWrong)
    {
        try
        {
            using var world = new ModelWorld(options, isModelWrong);
            world.Run(ops);
            return null;
        }
        catch (Exception e) when (e is ModelMismatchException or InvalidOperationException or InsufficientMemoryException or IndexOutOfRangeException)
        {
            return e.ToString();
        }
    }

    private static string Print(ModelOp[] ops) => $"[{Environment.NewLine}{string.Join($",{Environment.NewLine}", ops)}]";
}
