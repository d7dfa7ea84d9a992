using System.Globalization;

namespace TmemCore.Tests.Engine.Model;

internal enum OpKind
{
    Put,
    PutUnreadable,
    Get,
    GetUnwritable,
    FlushPage,
    FlushObject,

    /// <summary>Puts neighbouring pages.</summary>
    Fill,
    CreatePool,
    DestroyPool,
    KillClient,
    Freeze,
    Thaw,
    BeginSave,
    EndSave,
    SetCapacity,
    GiveBack,
    SetCompression,

    /// <summary>To a successor, as another process would be; nothing elsewhere than in a memory file.</summary>
    HandOver,
}

/// <summary>One step of a random sequence; what does not apply to the kind is ignored.</summary>
internal readonly record struct ModelOp(OpKind Kind, int Client, int Slot, int Object, int Index, int Count)
{
    public const int Clients = 3;
    public const int Slots = 4;

    /// <summary>Ids that differ in one word each.</summary>
    private static readonly ObjectId[] s_objects =
    [
        new(1), new(2), new(1, 1), new(1, 0, 1), new(ulong.MaxValue), new(0, ulong.MaxValue, ulong.MaxValue),
    ];

    /// <summary>Indexes on both sides of the borders of leaves.</summary>
    private static readonly uint[] s_indexes = [0, 1, 2, 3, 62, 63, 64, 65, 128, 4_096, 1 << 20, uint.MaxValue - 63];

    public static int Objects => s_objects.Length;

    public static int Indexes => s_indexes.Length;

    public ObjectId ObjectId => s_objects[Object];

    public uint PageIndex => s_indexes[Index];

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"new({nameof(OpKind)}.{Kind}, {Client}, {Slot}, {Object}, {Index}, {Count})");
}
