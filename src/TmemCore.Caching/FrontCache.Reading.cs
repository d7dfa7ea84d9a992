using System.Buffers;

namespace TmemCore.Caching;

/// <summary>Reads: here, then there.</summary>
internal sealed partial class FrontCache
{
    public byte[]? Get(string key)
    {
        if (_local.Get(key) is byte[] kept)
        {
            return kept;
        }

        Stripe stripe = StripeOf(key);
        long asked = Volatile.Read(ref stripe.Version);
        byte[]? value = _shared.Get(key);
        FillWith(key, stripe, asked, value);
        return value;
    }

    public Task<byte[]?> GetAsync(string key, CancellationToken token = default) =>
        token.IsCancellationRequested ? Task.FromCanceled<byte[]?>(token)
        : _local.Get(key) is byte[] kept ? Task.FromResult<byte[]?>(kept)
        : GetSharedAsync(key, token);

    public bool TryGet(string key, IBufferWriter<byte> destination)
    {
        if (_local.TryGet(key, destination))
        {
            return true;
        }

        Stripe stripe = StripeOf(key);
        long asked = Volatile.Read(ref stripe.Version);
        if (_sharedBuffers is null)
        {
            byte[]? value = _shared.Get(key);
            FillWith(key, stripe, asked, value);
            return Give(value, destination);
        }

        using var buffer = new RentedWriter();
        return _sharedBuffers.TryGet(key, buffer) && FillAndGive(key, stripe, asked, buffer, destination);
    }

    public ValueTask<bool> TryGetAsync(string key, IBufferWriter<byte> destination, CancellationToken token = default) =>
        token.IsCancellationRequested ? ValueTask.FromCanceled<bool>(token)
        : _local.TryGet(key, destination) ? new(true)
        : TryGetSharedAsync(key, destination, token);

    public void Refresh(string key)
    {
        _local.RequireKey(key);
        _shared.Refresh(key);
    }

    public Task RefreshAsync(string key, CancellationToken token = default)
    {
        _local.RequireKey(key);
        return _shared.RefreshAsync(key, token);
    }

    private static bool Give(byte[]? value, IBufferWriter<byte> destination)
    {
        if (value is not null)
        {
            destination.Write(value);
        }

        return value is not null;
    }

    private async Task<byte[]?> GetSharedAsync(string key, CancellationToken token)
    {
        Stripe stripe = StripeOf(key);
        long asked = Volatile.Read(ref stripe.Version);
        byte[]? value = await _shared.GetAsync(key, token).ConfigureAwait(false);
        FillWith(key, stripe, asked, value);
        return value;
    }

    private async ValueTask<bool> TryGetSharedAsync(string key, IBufferWriter<byte> destination, CancellationToken token)
    {
        Stripe stripe = StripeOf(key);
        long asked = Volatile.Read(ref stripe.Version);
        if (_sharedBuffers is null)
        {
            byte[]? value = await _shared.GetAsync(key, token).ConfigureAwait(false);
            FillWith(key, stripe, asked, value);
            return Give(value, destination);
        }

        using var buffer = new RentedWriter();
        return await _sharedBuffers.TryGetAsync(key, buffer, token).ConfigureAwait(false)
            && FillAndGive(key, stripe, asked, buffer, destination);
    }

    private bool FillAndGive(string key, Stripe stripe, long asked, RentedWriter buffer, IBufferWriter<byte> destination)
    {
        Fill(key, stripe, asked, new ReadOnlySequence<byte>(buffer.Written));
        destination.Write(buffer.Written.Span);
        return true;
    }

    private void FillWith(string key, Stripe stripe, long asked, byte[]? value)
    {
        if (value is not null)
        {
            Fill(key, stripe, asked, new ReadOnlySequence<byte>(value));
        }
    }
}
