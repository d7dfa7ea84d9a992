using System.Globalization;

namespace TmemCore.Hypercalls;

/// <summary>The version of a hypervisor, such as 4.12.</summary>
/// <param name="Major">The part before the point.</param>
/// <param name="Minor">The part after it.</param>
public readonly record struct XenVersion(int Major, int Minor) : IComparable<XenVersion>
{
    /// <inheritdoc/>
    public int CompareTo(XenVersion other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    /// <summary>The usual form.</summary>
    /// <returns>For example <c>4.12</c>.</returns>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    /// <summary>Whether a version is older than another.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator <(XenVersion left, XenVersion right) => left.CompareTo(right) < 0;

    /// <summary>Whether a version is newer than another.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator >(XenVersion left, XenVersion right) => left.CompareTo(right) > 0;

    /// <summary>Whether a version is another, or older.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator <=(XenVersion left, XenVersion right) => left.CompareTo(right) <= 0;

    /// <summary>Whether a version is another, or newer.</summary>
    /// <param name="left">The one.</param>
    /// <param name="right">The other.</param>
    public static bool operator >=(XenVersion left, XenVersion right) => left.CompareTo(right) >= 0;
}
