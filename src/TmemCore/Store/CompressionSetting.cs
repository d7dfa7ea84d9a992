namespace TmemCore.Store;

/// <summary>A <see cref="PageCompression"/> inside the arena, or none: whoever stands above decides then.</summary>
internal readonly struct CompressionSetting
{
    private readonly uint _valuePlusOne;

    private CompressionSetting(uint valuePlusOne)
    {
        _valuePlusOne = valuePlusOne;
    }

    public static CompressionSetting Of(PageCompression? compression) => new(compression is null ? 0 : (uint)compression + 1);

    /// <summary>The setting; null for none.</summary>
    public PageCompression? Value => _valuePlusOne == 0 ? null : (PageCompression)(_valuePlusOne - 1);

    public PageCompression Or(PageCompression other) => _valuePlusOne == 0 ? other : (PageCompression)(_valuePlusOne - 1);
}
