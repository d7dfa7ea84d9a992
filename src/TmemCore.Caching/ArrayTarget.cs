namespace TmemCore.Caching;

/// <summary>A value as an array of its own.</summary>
internal struct ArrayTarget : IValueTarget
{
    private byte[]? _room;

    /// <summary>The value, once it is whole.</summary>
    public byte[]? Value { get; private set; }

    /// <inheritdoc/>
    public readonly int Length => _room?.Length ?? 0;

    /// <inheritdoc/>
    public Span<byte> GetSpan(int length)
    {
        if (_room?.Length != length)
        {
            _room = length == 0 ? [] : GC.AllocateUninitializedArray<byte>(length);
        }

        return _room;
    }

    /// <inheritdoc/>
    public void Commit() => Value = _room;
}
