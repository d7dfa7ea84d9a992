using System.Buffers.Binary;
using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>
/// Streams spoiled at random, half of them with checksums and counts that are right again: each is refused in the one way there is, or restored to a client that is sound.
/// More of them with TMEM_FUZZ_ROUNDS in the environment.
/// </summary>
public sealed class StreamFuzzTests
{
    private static readonly int s_rounds = int.TryParse(Environment.GetEnvironmentVariable("TMEM_FUZZ_ROUNDS"), out int rounds) ? rounds : 20_000;

    [Fact]
    public async Task A_spoiled_stream_is_refused_or_restored_and_leaves_nothing_behind()
    {
        List<SavedRecord> records = SavedBytes.Split(await MakeAsync());
        using var host = new RestoringHost();
        var random = new Random(20_26);
        int refused = 0;
        int restored = 0;
        for (int round = 0; round < s_rounds; round++)
        {
            byte[] stream = Spoil(records, random);
            try
            {
                using TmemClient client = await SavedBytes.RestoreAsync(host.Host, stream, new RestoreOptions { LeavesOutSharedPools = random.Next(2) == 0 });
                restored++;
            }
            catch (Exception e) when (e is SaveStreamException or InsufficientMemoryException)
            {
                refused++;
            }

            host.RequireUntouched();
            if (round % 256 == 0)
            {
                Assert.Empty(host.Host.Verify());
            }
        }

        Assert.Empty(host.Host.Verify());
        Assert.InRange(refused, s_rounds / 2, s_rounds);
        Assert.InRange(restored, 1, s_rounds);
    }

    private static byte[] Spoil(List<SavedRecord> records, Random random)
    {
        List<SavedRecord> spoiled = [.. records];
        for (int change = random.Next(1, 4); change > 0 && spoiled.Count > 0; change--)
        {
            SpoilRecord(spoiled, random.Next(spoiled.Count), random);
        }

        byte[] stream = SavedBytes.Join(spoiled, recounts: random.Next(4) != 0);
        if (random.Next(2) == 0)
        {
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                stream[random.Next(stream.Length)] = (byte)random.Next(256);
            }
        }

        return random.Next(20) == 0 ? stream[..random.Next(stream.Length)] : stream;
    }

    private static void SpoilRecord(List<SavedRecord> records, int at, Random random)
    {
        SavedRecord record = records[at];
        int length = record.Payload.Length;
        switch (random.Next(8))
        {
            case 0:
                records.RemoveAt(at);
                break;
            case 1:
                records.Insert(random.Next(records.Count), record);
                break;
            case 2:
                int other = random.Next(records.Count);
                (records[at], records[other]) = (records[other], record);
                break;
            case 3:
                records[at] = record with { Payload = record.Payload[..random.Next(length + 1)] };
                break;
            case 4:
                records[at] = record with { Payload = [.. record.Payload, .. new byte[random.Next(64)]] };
                break;
            case 5:
                records[at] = record with { Type = (SaveRecordType)random.Next(21) };
                break;
            default:
                records[at] = Overwrite(record, random);
                break;
        }
    }

    /// <summary>A field, or any word, becomes a number that is special, or any number.</summary>
    private static SavedRecord Overwrite(SavedRecord record, Random random)
    {
        byte[] payload = [.. record.Payload, .. new byte[8]];
        ulong[] values = [0, 1, 15, 16, 4095, 4096, 4097, uint.MaxValue, long.MaxValue, 1UL << 63, ulong.MaxValue, (ulong)random.NextInt64()];
        Span<byte> word = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(word, values[random.Next(values.Length)]);
        int most = Math.Max(Math.Min(record.Payload.Length, random.Next(2) == 0 ? 48 : int.MaxValue), 1);
        word[..(1 << random.Next(4))].CopyTo(payload.AsSpan(random.Next(most)));
        return record with { Payload = payload[..record.Payload.Length] };
    }

    private static async Task<byte[]> MakeAsync()
    {
        using var host = new TmemHost(Hosts.Small);
        SampleClient sample = SampleClient.Create(host, 4, PageCompression.Lz4, PageCompression.Zstandard, null);
        return await SavedBytes.SaveAsync(sample.Client);
    }
}
