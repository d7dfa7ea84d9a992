using TmemCore.Migration;
using Xunit;

namespace TmemCore.Tests.Migration;

/// <summary>A host that streams are restored in, and that must be as it was after each that is refused.</summary>
internal sealed class RestoringHost : IDisposable
{
    private readonly TmemClient _keeper;

    public RestoringHost()
    {
        Host = new TmemHost(Hosts.Small);
        _keeper = Host.CreateClient();
    }

    public TmemHost Host { get; }

    public void Dispose() => Host.Dispose();

    /// <summary>Requires that both restore and inspection refuse a stream, and in the same way, where a host is not needed to tell.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="behindEnd">Whether what is wrong lies behind the end mark, where nobody looks: then the stream is fine.</param>
    public async Task<SaveStreamException> RequireRefusedAsync(ReadOnlyMemory<byte> stream, bool behindEnd = false)
    {
        if (behindEnd)
        {
            await RequireRestoredAsync(stream);
            return new SaveStreamException(SaveStreamFault.Order, stream.Length, "behind the end mark");
        }

        SaveStreamException e = await Assert.ThrowsAsync<SaveStreamException>(() => SavedBytes.RestoreAsync(Host, stream));
        RequireUntouched();
        return e;
    }

    public async Task RequireRestoredAsync(ReadOnlyMemory<byte> stream)
    {
        using (TmemClient client = await SavedBytes.RestoreAsync(Host, stream))
        {
            Assert.NotEqual(0, Host.GetStatistics().Pages);
        }

        RequireUntouched();
        Assert.Empty(Host.Verify());
    }

    /// <summary>Requires that there is nothing in the host but what was there in the beginning.</summary>
    public void RequireUntouched()
    {
        TmemCore.Statistics.HostStatistics now = Host.GetStatistics();
        Assert.Equal((0, 0), (now.Pages, now.Objects));
        Assert.True(Host.TryGetClient(_keeper.Id, out _));
        Assert.False(Host.TryGetClient(_keeper.Id + 1, out _));
        Assert.Single(Host.Control.List(isLong: false).Split('\n'), static line => line.StartsWith("C=", StringComparison.Ordinal));
    }
}
