using System.Globalization;

namespace TmemCore.Statistics;

/// <summary>The fields of one line. Of a key that occurs twice the first counts; one that is absent, or not followed by a colon, is 0.</summary>
/// <param name="fields">What follows the tag and the equals sign.</param>
/// <param name="number">The line's number, 1 for the first.</param>
internal readonly ref struct TmemListLine(ReadOnlySpan<char> fields, int number)
{
    /// <summary>Characters before the first field.</summary>
    private const int HeadLength = 2;
    private const int KeyLength = 2;
    private const int MostQuoted = 24;

    private readonly ReadOnlySpan<char> _fields = fields;

    /// <summary>A decimal value.</summary>
    /// <exception cref="FormatException">The value is not a number of 64 bits.</exception>
    public long Number(string key) => TryFind(key, from: 0, out int start, out ReadOnlySpan<char> value) ? NumberOf(key, start, value) : 0;

    /// <summary>A decimal value of 32 bits.</summary>
    /// <exception cref="FormatException">The value is not such a number.</exception>
    public int Id(string key) => TryFind(key, from: 0, out int start, out ReadOnlySpan<char> value) ? IdOf(key, start, value) : 0;

    /// <summary>A decimal value of 32 bits, with a sign or without.</summary>
    /// <exception cref="FormatException">The value is not such a number.</exception>
    public uint Weight(string key)
    {
        if (!TryFind(key, from: 0, out int start, out ReadOnlySpan<char> value))
        {
            return 0;
        }

        return TryRead(value, out long weight) && weight is >= int.MinValue and <= uint.MaxValue
            ? unchecked((uint)weight)
            : throw Wrong(key, start, value, "a decimal number of 32 bits");
    }

    /// <summary>All values of a key that may repeat.</summary>
    /// <exception cref="FormatException">A value is not a number of 32 bits.</exception>
    public List<int> Ids(string key)
    {
        var ids = new List<int>();
        int from = 0;
        while (TryFind(key, from, out int start, out ReadOnlySpan<char> value))
        {
            ids.Add(IdOf(key, start, value));
            from = start + value.Length;
        }

        return ids;
    }

    /// <summary>A hexadecimal value.</summary>
    /// <exception cref="FormatException">The value is not a number of 64 bits.</exception>
    public ulong Hex(string key)
    {
        if (!TryFind(key, from: 0, out int start, out ReadOnlySpan<char> value))
        {
            return 0;
        }

        return ulong.TryParse(value, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong number)
            ? number
            : throw Wrong(key, start, value, "a hexadecimal number of 64 bits");
    }

    /// <summary>The two letters of a pool's type.</summary>
    /// <exception cref="FormatException">They are others.</exception>
    public (bool IsPersistent, bool IsShared) PoolType(string key)
    {
        if (!TryFind(key, from: 0, out int start, out ReadOnlySpan<char> value))
        {
            return (false, false);
        }

        return value is "EP" or "ES" or "PP" or "PS" ? (value[0] == 'P', value[1] == 'S') : throw Wrong(key, start, value, "EP, ES, PP or PS");
    }

    /// <summary>Whether a key is there.</summary>
    public bool Has(string key) => TryFind(key, from: 0, out _, out _);

    private long NumberOf(string key, int start, ReadOnlySpan<char> value) =>
        TryRead(value, out long number) ? number : throw Wrong(key, start, value, "a decimal number of 64 bits");

    private int IdOf(string key, int start, ReadOnlySpan<char> value) => TryRead(value, out long id) && id is >= 0 and <= int.MaxValue
        ? (int)id
        : throw Wrong(key, start, value, "a decimal number from 0 to 2,147,483,647");

    private static bool TryRead(ReadOnlySpan<char> value, out long number)
    {
        number = 0;
        return !value.StartsWith('+') && long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
    }

    /// <summary>Finds the first field that begins with a key's letters; its value, if they are a key there.</summary>
    private bool TryFind(string key, int from, out int start, out ReadOnlySpan<char> value)
    {
        ReadOnlySpan<char> rest = _fields[from..];
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf(',');
            ReadOnlySpan<char> field = end < 0 ? rest : rest[..end];
            if (field.StartsWith(key, StringComparison.Ordinal))
            {
                start = _fields.Length - rest.Length + KeyLength + 1;
                bool isKey = field.Length > KeyLength && field[KeyLength] == ':';
                value = isKey ? field[(KeyLength + 1)..] : default;
                return isKey;
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }

        start = 0;
        value = default;
        return false;
    }

    private FormatException Wrong(string key, int start, ReadOnlySpan<char> value, string right)
    {
        ReadOnlySpan<char> quoted = value[..Math.Min(value.Length, MostQuoted)];
        string more = value.Length > MostQuoted ? "…" : "";
        return new FormatException(string.Create(
            CultureInfo.InvariantCulture, $"Line {number}, column {HeadLength + start + 1}: {key} is \"{quoted}{more}\"; it may be {right}."));
    }
}
