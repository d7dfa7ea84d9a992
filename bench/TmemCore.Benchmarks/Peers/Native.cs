using System.Runtime.InteropServices;

namespace TmemCore.Benchmarks.Peers;

/// <summary>The calls that a benchmark needs of liblmdb, which is the system's and belongs to no package, and of the C library.</summary>
internal static unsafe partial class Native
{
    public const string Library = "liblmdb.so.0";

    public const uint NoSubfolder = 0x4000;
    public const uint NoSync = 0x10000;
    public const uint ReadOnly = 0x20000;
    public const uint WriteMap = 0x80000;
    public const uint NoThreadLocals = 0x200000;
    public const uint NoReadAhead = 0x800000;
    public const uint IntegerKey = 0x08;
    public const uint Create = 0x40000;
    public const int NotFound = -30798;
    public const int AdviseHuge = 14;

    /// <summary>A key or a value.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Value
    {
        public nuint Bytes;
        public void* Data;
    }

    [LibraryImport(Library, EntryPoint = "mdb_env_create")]
    public static partial int CreateEnvironment(out nint environment);

    [LibraryImport(Library, EntryPoint = "mdb_env_set_mapsize")]
    public static partial int SetMapSize(nint environment, nuint bytes);

    [LibraryImport(Library, EntryPoint = "mdb_env_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenEnvironment(nint environment, string path, uint flags, uint mode);

    [LibraryImport(Library, EntryPoint = "mdb_env_close")]
    public static partial void CloseEnvironment(nint environment);

    [LibraryImport(Library, EntryPoint = "mdb_txn_begin")]
    public static partial int Begin(nint environment, nint parent, uint flags, out nint transaction);

    [LibraryImport(Library, EntryPoint = "mdb_txn_commit")]
    public static partial int Commit(nint transaction);

    [LibraryImport(Library, EntryPoint = "mdb_txn_abort")]
    public static partial void Abort(nint transaction);

    [LibraryImport(Library, EntryPoint = "mdb_txn_reset")]
    public static partial void Reset(nint transaction);

    [LibraryImport(Library, EntryPoint = "mdb_txn_renew")]
    public static partial int Renew(nint transaction);

    [LibraryImport(Library, EntryPoint = "mdb_dbi_open", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenDatabase(nint transaction, string? name, uint flags, out uint database);

    [LibraryImport(Library, EntryPoint = "mdb_get")]
    public static partial int Get(nint transaction, uint database, Value* key, Value* value);

    [LibraryImport(Library, EntryPoint = "mdb_put")]
    public static partial int Put(nint transaction, uint database, Value* key, Value* value, uint flags);

    [LibraryImport("libc", EntryPoint = "madvise")]
    public static partial int Advise(void* address, nuint bytes, int advice);

    [LibraryImport(Library, EntryPoint = "mdb_strerror")]
    public static partial nint Describe(int error);
}
