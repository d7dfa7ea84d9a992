using System.Buffers.Binary;
using TmemCore.Codecs;
using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>Whatever is wrong with a stream, it is refused with its place, and nothing of it is left.</summary>
public sealed class DamagedStreamTests
{
    private static readonly Lazy<Task<byte[]>> s_stream = new(MakeAsync);

    [Fact]
    public async Task A_stream_that_is_cut_off_anywhere_is_refused()
    {
        byte[] stream = await s_stream.Value;
        using var host = new RestoringHost();
        for (int length = 0; length < stream.Length; length++)
        {
            SaveStreamException e = await host.RequireRefusedAsync(stream.AsMemory(0, length));
            Assert.Equal(SaveStreamFault.Truncated, e.Fault);
            Assert.InRange(e.PositionBytes, 0, length);
        }

        await host.RequireRestoredAsync(stream);
    }

    [Fact]
    public async Task A_stream_with_any_bit_turned_over_is_refused()
    {
        byte[] stream = await s_stream.Value;
        using var host = new RestoringHost();
        for (int bit = 0; bit < stream.Length * 8; bit++)
        {
            stream[bit / 8] ^= (byte)(1 << (bit % 8));
            SaveStreamException e = await host.RequireRefusedAsync(stream);
            Assert.InRange(e.PositionBytes, Math.Max(0, (bit / 8) - SaveStreamFormat.LargestRecordBytes), bit / 8);
            stream[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        await host.RequireRestoredAsync(stream);
    }

    [Fact]
    public async Task Records_left_out_doubled_or_out_of_order_are_refused_though_their_checksums_are_right()
    {
        List<SavedRecord> records = SavedBytes.Split(await s_stream.Value);
        using var host = new RestoringHost();
        for (int i = 0; i < records.Count; i++)
        {
            await host.RequireRefusedAsync(SavedBytes.Join([.. records[..i], .. records[(i + 1)..]], recounts: false));
            await host.RequireRefusedAsync(SavedBytes.Join([.. records[..i], records[i], .. records[i..]], recounts: false), behindEnd: i == records.Count - 1);
            for (int j = i + 1; j < records.Count; j++)
            {
                if (records[i].Type == records[j].Type && records[i].Payload.AsSpan().SequenceEqual(records[j].Payload))
                {
                    continue;
                }

                List<SavedRecord> swapped = [.. records];
                (swapped[i], swapped[j]) = (swapped[j], swapped[i]);
                await host.RequireRefusedAsync(SavedBytes.Join(swapped, recounts: false));
            }
        }

        await host.RequireRestoredAsync(SavedBytes.Join(records, recounts: true));
    }

    /// <summary>What a record is turned into, of a stream whose checksums and counts are right, and what is said of it.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { "no client", nameof(SaveStreamFault.Order) },
        { "no last settings", nameof(SaveStreamFault.Order) },
        { "a page behind the last settings", nameof(SaveStreamFault.Order) },
        { "two pools of one id", nameof(SaveStreamFault.Order) },
        { "another kind of a pool that is there", nameof(SaveStreamFault.Order) },
        { "the end of a pool that is not there", nameof(SaveStreamFault.Order) },
        { "a page of a pool that is not there", nameof(SaveStreamFault.Order) },
        { "a page of an ephemeral pool", nameof(SaveStreamFault.Order) },
        { "a word of the agreement before the end", nameof(SaveStreamFault.Order) },
        { "a pool id of 16", nameof(SaveStreamFault.Value) },
        { "a persistent shared pool", nameof(SaveStreamFault.Value) },
        { "an unknown kind of pool", nameof(SaveStreamFault.Value) },
        { "an unknown compression", nameof(SaveStreamFault.Value) },
        { "a negative allowance", nameof(SaveStreamFault.Value) },
        { "a reservation above the allowance", nameof(SaveStreamFault.Value) },
        { "a negative cap", nameof(SaveStreamFault.Value) },
        { "an id of 65,535", nameof(SaveStreamFault.Value) },
        { "a name that is no text", nameof(SaveStreamFault.Value) },
        { "a name longer than it is", nameof(SaveStreamFault.Length) },
        { "other last settings", nameof(SaveStreamFault.Value) },
        { "an unknown flag of the client", nameof(SaveStreamFault.Unsupported) },
        { "an unknown flag of a record", nameof(SaveStreamFault.Unsupported) },
        { "an unknown type", nameof(SaveStreamFault.Unsupported) },
        { "an unknown codec", nameof(SaveStreamFault.Unsupported) },
        { "a reserved byte of a pool", nameof(SaveStreamFault.Unsupported) },
        { "a page of no bytes", nameof(SaveStreamFault.Value) },
        { "a page of 4,097 bytes", nameof(SaveStreamFault.Value) },
        { "a whole page in fewer bytes", nameof(SaveStreamFault.Length) },
        { "a packed page of more bytes than it may", nameof(SaveStreamFault.Length) },
        { "one word for an entry", nameof(SaveStreamFault.Length) },
        { "a packed page that is none", nameof(SaveStreamFault.Page) },
        { "a packed page of another length", nameof(SaveStreamFault.Page) },
        { "a payload longer than its type has", nameof(SaveStreamFault.Length) },
        { "more pages than have come", nameof(SaveStreamFault.Count) },
        { "fewer pages than have come", nameof(SaveStreamFault.Count) },
        { "a negative count", nameof(SaveStreamFault.Count) },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_record_that_makes_no_sense_is_refused_though_its_checksum_is_right(string what, string fault)
    {
        List<SavedRecord> records = SavedBytes.Split(await s_stream.Value);
        Spoil(records, what);
        using var host = new RestoringHost();

        SaveStreamException e = await host.RequireRefusedAsync(SavedBytes.Join(records, recounts: true));

        Assert.Equal(fault, e.Fault.ToString());
    }

    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(1u << 31)]
    [InlineData(SaveStreamFormat.HandleBytes + 4097u)]
    public async Task A_length_beyond_its_type_is_refused_before_it_is_read(uint length)
    {
        byte[] stream = await s_stream.Value;
        int first = SaveStreamFormat.HeaderBytes;
        byte[] spoiled = stream[..(first + SaveStreamFormat.RecordHeaderBytes)];
        BinaryPrimitives.WriteUInt16LittleEndian(spoiled.AsSpan(first), (ushort)SaveRecordType.Page);
        BinaryPrimitives.WriteUInt32LittleEndian(spoiled.AsSpan(first + 4), length);
        using var host = new RestoringHost();

        // There is nothing behind the length: whoever wanted to read it would say that it is cut off.
        SaveStreamException e = await host.RequireRefusedAsync(spoiled);

        Assert.Equal((SaveStreamFault.Length, (long)first), (e.Fault, e.PositionBytes));
    }

    [Theory]
    [InlineData(0, SaveStreamFault.NotASaveStream)]
    [InlineData(8, SaveStreamFault.Unsupported)]
    [InlineData(11, SaveStreamFault.Checksum)]
    [InlineData(12, SaveStreamFault.Checksum)]
    public async Task A_header_that_is_none_is_refused(int place, SaveStreamFault fault)
    {
        byte[] stream = [.. await s_stream.Value];
        stream[place]++;
        using var host = new RestoringHost();

        Assert.Equal(fault, (await host.RequireRefusedAsync(stream)).Fault);
    }

    [Fact]
    public async Task Unknown_flags_and_the_beginning_of_a_move_are_not_restored()
    {
        List<SavedRecord> records = SavedBytes.Split(await s_stream.Value);
        using var host = new RestoringHost();

        Assert.Equal(SaveStreamFault.Unsupported, (await host.RequireRefusedAsync(SavedBytes.Join(records, recounts: true, flags: 2))).Fault);
        byte[] move = SavedBytes.Join(records, recounts: true, SaveStreamFormat.MovingFlag);
        await Assert.ThrowsAsync<SaveStreamException>(() => SavedBytes.RestoreAsync(host.Host, move));
        Assert.True((await SavedBytes.InspectAsync(move)).IsMove);
    }

    private static async Task<byte[]> MakeAsync()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient client = host.CreateClient(new TmemClientOptions { Name = "é", Compression = PageCompression.Lz4 });
        client.CreateEphemeralPool();
        PersistentPool pool = client.CreatePersistentPool();
        Assert.Equal(PutResult.Stored, pool.Put(1, 0, new byte[TmemPool.PageBytes]));
        Assert.Equal(PutResult.Stored, pool.Put(1, 1, Repeating(11)));
        Assert.Equal(PutResult.Stored, pool.PutEntry(2, 7, Pages.Of(3).AsSpan(0, 100)));
        Assert.Equal(PutResult.Stored, pool.PutEntry(2, 9, Repeating(3)[..700]));
        byte[] stream = await SavedBytes.SaveAsync(client);
        Assert.InRange(stream.Length, 300, 1500);
        return stream;
    }

    private static byte[] Repeating(int period)
    {
        var page = new byte[TmemPool.PageBytes];
        for (int i = 0; i < page.Length; i++)
        {
            page[i] = (byte)(i % period);
        }

        return page;
    }

    private static void Spoil(List<SavedRecord> records, string what)
    {
        int pool = records.FindIndex(static record => record.Type == SaveRecordType.Pool && record.Payload[1] == 1);
        int page = records.FindIndex(static record => record.Type == SaveRecordType.Page && record.Payload[1] == (byte)PageCodecId.Lz4);
        int word = records.FindIndex(static record => record.Type == SaveRecordType.Page && record.Payload[1] == (byte)PageCodecId.SameFilled);
        int entry = records.FindIndex(static record => record.Type == SaveRecordType.Page && record.Payload[1] == (byte)PageCodecId.None);
        int last = records.Count - 2;
        int end = records.Count - 1;
        switch (what)
        {
            case "no client": records.RemoveAt(0); break;
            case "no last settings": records.RemoveAt(last); break;
            case "a page behind the last settings": records.Insert(end, records[page]); break;
            case "two pools of one id": records.Insert(pool, records[pool]); break;
            case "another kind of a pool that is there": records.Insert(pool + 1, records[pool].With(1, 0)); break;
            case "the end of a pool that is not there": records.Insert(page, new SavedRecord(SaveRecordType.PoolGone, [5, 0, 0, 0])); break;
            case "a page of a pool that is not there": records[page] = records[page].With(0, 9); break;
            case "a page of an ephemeral pool": records[page] = records[page].With(0, 0); break;
            case "a word of the agreement before the end": records.Insert(page, new SavedRecord(SaveRecordType.Switch, new byte[8])); break;
            case "a pool id of 16": records[pool] = records[pool].With(0, 16); break;
            case "a persistent shared pool": records[pool] = records[pool].With(1, 3); break;
            case "an unknown kind of pool": records[pool] = records[pool].With(1, 8); break;
            case "an unknown compression": records[pool] = records[pool].With(2, 5); break;
            case "a negative allowance": records[0] = records[0].With(23, 0x80); break;
            case "a reservation above the allowance": records[0] = records[0].With(23, 0).With(31, 0x40); break;
            case "a negative cap": records[0] = records[0].With(15, 0x80); break;
            case "an id of 65,535": records[0] = records[0].With(0, 0xff).With(1, 0xff); break;
            case "a name that is no text": records[0] = records[0].With(40, 0xff); break;
            case "a name longer than it is": records[0] = records[0].With(34, 3); break;
            case "other last settings": records[last] = records[last].With(0, 7); break;
            case "an unknown flag of the client": records[0] = records[0].With(33, 4); break;
            case "an unknown flag of a record": records[page] = records[page] with { Flags = 1 }; break;
            case "an unknown type": records[page] = records[page] with { Type = (SaveRecordType)7 }; break;
            case "an unknown codec": records[page] = records[page].With(1, 4); break;
            case "a reserved byte of a pool": records[pool] = records[pool].With(7, 1); break;
            case "a page of no bytes": records[page] = records[page].With(2, 0).With(3, 0); break;
            case "a page of 4,097 bytes": records[page] = records[page].With(2, 1).With(3, 16); break;
            case "a whole page in fewer bytes": records[page] = records[page].With(1, (byte)PageCodecId.None); break;
            case "a packed page of more bytes than it may":
                records[page] = records[page] with { Payload = [.. records[page].Payload, .. new byte[3600]] };
                break;
            case "one word for an entry": records[word] = records[word].With(3, 15); break;
            case "a packed page that is none": records[page] = records[page].With(SaveStreamFormat.HandleBytes, 0xff); break;
            case "a packed page of another length": records[page] = records[page].With(2, 0).With(3, 2); break;
            case "a payload longer than its type has": records[pool] = records[pool] with { Payload = [.. records[pool].Payload, 0] }; break;
            case "more pages than have come": records[end] = records[end].With(24, 5); break;
            case "fewer pages than have come": records[end] = records[end].With(24, 3); break;
            case "a negative count": records[end] = records[end].With(31, 0x80); break;
            default: throw new ArgumentOutOfRangeException(nameof(what), what, "There is no such case.");
        }

        Assert.NotEqual(-1, entry);
    }
}
