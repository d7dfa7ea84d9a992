using TmemCore.Server.Nbd;
using TmemCore.Tests;
using Xunit;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>A disk as an array, on which a test does what it does to a real one.</summary>
internal sealed class DiskModel(long sizeBytes, int seed)
{
    private const int PageBytes = TmemPool.PageBytes;
    private const int MostBytes = 600 << 10;

    private readonly Random _random = new(seed);

    public byte[] Bytes { get; } = new byte[sizeBytes];

    /// <summary>Does something to both, and compares what there is to be compared.</summary>
    public void Step(NbdPeer peer)
    {
        (int offset, int length) = Range();
        switch (_random.Next(20))
        {
            case < 8:
                byte[] data = Content(length);
                NbdCommandFlags force = _random.Next(4) == 0 ? NbdCommandFlags.ForceUnitAccess : NbdCommandFlags.None;
                Assert.Equal(NbdError.None, peer.Do(NbdCommand.Write, offset, length, force, data).Error);
                data.CopyTo(Bytes, offset);
                break;
            case < 14:
                Compare(peer, offset, length);
                break;
            case < 16:
                NbdCommandFlags how = _random.Next(3) switch { 0 => NbdCommandFlags.NoHole, 1 => NbdCommandFlags.FastZero, _ => NbdCommandFlags.None };
                NbdError error = peer.Do(NbdCommand.WriteZeroes, offset, length, how).Error;
                Assert.True(error == NbdError.None || (how == NbdCommandFlags.FastZero && error == NbdError.NotSupported), $"{error}");
                Bytes.AsSpan(offset, error == NbdError.None ? length : 0).Clear();
                break;
            case < 18:
                Assert.Equal(NbdError.None, peer.Do(NbdCommand.Trim, offset, length).Error);
                TakeTrimmed(peer, offset, length);
                break;
            case 18:
                Assert.Equal(NbdError.None, peer.Do(NbdCommand.Flush, 0, 0).Error);
                break;
            default:
                CompareExtents(peer, offset, length);
                break;
        }
    }

    /// <summary>Compares all of it.</summary>
    public void CompareAll(NbdPeer peer)
    {
        for (int offset = 0; offset < Bytes.Length; offset += MostBytes)
        {
            Compare(peer, offset, Math.Min(MostBytes, Bytes.Length - offset));
        }
    }

    private void Compare(NbdPeer peer, int offset, int length)
    {
        NbdCommandFlags flags = peer.HasStructuredReplies && length <= 65_536 && _random.Next(4) == 0 ? NbdCommandFlags.DontFragment : NbdCommandFlags.None;
        NbdAnswer answer = peer.Do(NbdCommand.Read, offset, length, flags);
        Assert.Equal(NbdError.None, answer.Error);
        Assert.True(answer.Data.AsSpan().SequenceEqual(Bytes.AsSpan(offset, length)), $"{length} bytes at {offset} differ.");
        Assert.True(flags == NbdCommandFlags.None || answer.Chunks == 1);
    }

    /// <summary>Whole pages may be gone by now; everything else has to be as it was.</summary>
    private void TakeTrimmed(NbdPeer peer, int offset, int length)
    {
        byte[] now = peer.ReadDisk(offset, length);
        for (int i = 0; i < length; i++)
        {
            Assert.True(now[i] == 0 || now[i] == Bytes[offset + i], $"The byte at {offset + i} is neither what it was nor zero.");
        }

        now.CopyTo(Bytes, offset);
    }

    private void CompareExtents(NbdPeer peer, int offset, int length)
    {
        if (!peer.HasStructuredReplies)
        {
            return;
        }

        bool isOne = _random.Next(2) == 0;
        NbdAnswer answer = peer.Do(NbdCommand.BlockStatus, offset, length, isOne ? NbdCommandFlags.OneExtent : NbdCommandFlags.None);
        Assert.Equal(NbdError.None, answer.Error);
        Assert.True(isOne ? answer.Extents.Count == 1 : answer.Extents.Sum(static extent => extent.Length) == length);
        long at = offset;
        uint before = uint.MaxValue;
        foreach ((uint bytes, uint flags) in answer.Extents)
        {
            Assert.True(flags is 0 or 3 && flags != before && bytes > 0 && at + bytes <= offset + length);
            Assert.True(flags == 0 || !Bytes.AsSpan((int)at, (int)bytes).ContainsAnyExcept((byte)0), $"The hole of {bytes} bytes at {at} is none.");
            before = flags;
            at += bytes;
        }
    }

    private (int Offset, int Length) Range()
    {
        int length = _random.Next(6) switch
        {
            0 => _random.Next(1, 600),
            1 => _random.Next(1, 3 * PageBytes),
            2 => _random.Next(1, MostBytes),
            3 => _random.Next(1, 80) * PageBytes,
            _ => PageBytes,
        };
        length = Math.Min(length, Bytes.Length);
        int offset = _random.Next(Bytes.Length - length + 1);
        bool isAligned = _random.Next(3) != 0;
        offset = isAligned ? offset / PageBytes * PageBytes : offset;
        return (_random.Next(20) == 0 ? Bytes.Length - length : offset, length);
    }

    /// <summary>Pages of all kinds, zeros among them.</summary>
    private byte[] Content(int length)
    {
        var data = new byte[length];
        for (int i = 0; i < length; i += PageBytes)
        {
            int part = Math.Min(PageBytes, length - i);
            if (_random.Next(6) != 0)
            {
                var page = new byte[PageBytes];
                Pages.FillMixed(page, (ulong)_random.NextInt64());
                page.AsSpan(0, part).CopyTo(data.AsSpan(i));
            }
        }

        return data;
    }
}
