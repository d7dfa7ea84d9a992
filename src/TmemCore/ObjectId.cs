using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TmemCore;

/// <summary>
/// The 192-bit name of an object inside a pool: three opaque 64-bit words, compared bit by bit. A file, a swap device or
/// a table is typically one object, and its blocks are the pages of it.
/// </summary>
/// <remarks>
/// Clients choose the words freely; the store hashes them with a key of its own, so that no choice can crowd the index.
/// All ones in all three words is best avoided: the save stream of the original uses it as an end mark.
/// </remarks>
/// <param name="Word0">The first 64 bits; a plain number, such as an inode, goes here.</param>
/// <param name="Word1">The second 64 bits.</param>
/// <param name="Word2">The third 64 bits.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ObjectId(ulong Word0, ulong Word1 = 0, ulong Word2 = 0)
{
    /// <summary>Makes an id of a plain number: the number in the first word, zero in the others.</summary>
    /// <param name="number">The number, an inode for example.</param>
    [SuppressMessage("Usage", "CA2225", Justification = "The constructor is the named alternate.")]
    public static implicit operator ObjectId(ulong number) => new(number);

    /// <summary>The three words in hexadecimal, the first word last, as one 48-digit number.</summary>
    /// <returns>48 lower-case hexadecimal digits.</returns>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Word2:x16}{Word1:x16}{Word0:x16}");
}
