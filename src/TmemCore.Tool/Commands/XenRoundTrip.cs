using TmemCore.Hypercalls;

namespace TmemCore.Tool.Commands;

/// <summary>One round trip with one pair of frames: the first is put, the second is what gets write to.</summary>
internal sealed class XenRoundTrip(XenPort port, MachineFrames frames, TextWriter output, string way)
{
    private const byte Mark = 0xA5;

    private readonly HypercallClient _client = new(port);
    private readonly ObjectId _object = new(0x746d656d, 1, 2);

    public int PassedCount { get; private set; }

    public int WrongCount { get; private set; }

    public void Run(int absentPool, ulong absentFrame)
    {
        Fill();
        WithPool(HypercallClient.PersistentPool, "persistent", pool =>
        {
            Expect(1, _client.Put(pool, _object, 0, frames.GetFrame(0)), "persistent put");
            ExpectPage(pool, "persistent get");
            ExpectPage(pool, "persistent get again");
            Expect(0, _client.Get(pool, _object, 1, frames.GetFrame(1)), "get of an absent page");
            Expect(-Errno.EFAULT, _client.Put(pool, _object, 2, absentFrame), "put of an absent frame");
            Expect(1, _client.FlushPage(pool, _object, 0), "flush page");
            Expect(1, _client.FlushPage(pool, _object, 0), "flush page again");
            Expect(1, _client.FlushObject(pool, _object), "flush object");
            Expect(-Errno.EEMPTY, _client.Get(pool, _object, 0, frames.GetFrame(1)), "get of an empty pool");
        });
        WithPool(HypercallClient.EphemeralPool, "ephemeral", pool =>
        {
            Expect(1, _client.Put(pool, _object, 0, frames.GetFrame(0)), "ephemeral put");
            ExpectPage(pool, "ephemeral get");
            Expect(-Errno.EEMPTY, _client.Get(pool, _object, 0, frames.GetFrame(1)), "ephemeral get again");
        });
        Expect(-Errno.ENODEV, _client.Put(absentPool, _object, 0, frames.GetFrame(0)), "put into an absent pool");
    }

    private void WithPool(uint flags, string kind, Action<int> act)
    {
        long pool = _client.NewPool(default, flags);
        Note(pool >= 0, $"new {kind} pool", pool, "a pool id");
        if (pool < 0)
        {
            return;
        }

        try
        {
            act((int)pool);
        }
        finally
        {
            Expect(1, _client.DestroyPool((int)pool), $"destroy {kind} pool");
        }
    }

    private void Fill()
    {
        Span<byte> page = frames.GetPage(0);
        for (int i = 0; i < page.Length; i++)
        {
            page[i] = (byte)((i * 7) ^ (i >> 8) ^ Mark);
        }
    }

    private void ExpectPage(int pool, string call)
    {
        frames.GetPage(1).Clear();
        Expect(1, _client.Get(pool, _object, 0, frames.GetFrame(1)), call);
        bool isEqual = frames.GetPage(0).SequenceEqual(frames.GetPage(1));
        Note(isEqual, call + ", the page", isEqual ? 1 : 0, "all 4,096 bytes as put");
    }

    private void Expect(long expected, long result, string call) =>
        Note(result == expected, call, result, Errno.Describe(expected));

    private void Note(bool isRight, string call, long result, string expected)
    {
        PassedCount += isRight ? 1 : 0;
        WrongCount += isRight ? 0 : 1;
        string verdict = isRight ? "" : $"  WRONG, expected {expected}";
        output.WriteLine($"{way,-10} {call,-30} {Errno.Describe(result)}{verdict}");
    }
}
