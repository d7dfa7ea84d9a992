using System.Reflection;
using TmemCore.Abi;

namespace TmemCore.Tests.Abi;

/// <summary>Calls the generated members of any annotated type, for tests that go through all of them.</summary>
internal sealed class AbiTypes
{
    private readonly Func<TmemAbi, int> _sizeOf;
    private readonly MethodInfo _read;
    private readonly MethodInfo _write;

    private AbiTypes(Type type)
    {
        Type = type;
        _sizeOf = type.GetMethod("SizeOf")!.CreateDelegate<Func<TmemAbi, int>>();
        _read = typeof(AbiTypes).GetMethod(nameof(ReadAs), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type);
        _write = typeof(AbiTypes).GetMethod(nameof(WriteAs), BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(type);
        Members = [.. type.GetProperties(BindingFlags.Instance | BindingFlags.Public).Where(member => member.SetMethod is not null)];
    }

    private delegate bool Reader<T>(TmemAbi abi, ReadOnlySpan<byte> source, out T value);

    private delegate int Writer<T>(ref T value, TmemAbi abi, Span<byte> destination);

    /// <summary>Every structure and op of the library.</summary>
    public static IReadOnlyList<AbiTypes> All { get; } =
    [
        .. typeof(TmemOp).Assembly.GetTypes()
            .Where(type => type.IsDefined(typeof(AbiStructAttribute)) || type.IsDefined(typeof(AbiOpAttribute)))
            .OrderBy(type => type.FullName, StringComparer.Ordinal)
            .Select(type => new AbiTypes(type)),
    ];

    public Type Type { get; }

    public PropertyInfo[] Members { get; }

    public bool IsOp => Type.IsDefined(typeof(AbiOpAttribute));

    public Type? Family => Type.GetCustomAttribute<AbiOpAttribute>()?.Family;

    public static AbiTypes Of(Type type) => All.Single(candidate => candidate.Type == type);

    public int SizeOf(TmemAbi abi) => _sizeOf(abi);

    public object? TryRead(TmemAbi abi, byte[] source) => Unwrap(() => _read.Invoke(null, [abi, source]));

    public int Write(object value, TmemAbi abi, byte[] destination) =>
        (int)Unwrap(() => _write.Invoke(null, [value, abi, destination]))!;

    private static object? ReadAs<T>(TmemAbi abi, byte[] source)
        where T : struct =>
        typeof(T).GetMethod("TryRead")!.CreateDelegate<Reader<T>>()(abi, source, out T value) ? value : null;

    private static int WriteAs<T>(T value, TmemAbi abi, byte[] destination)
        where T : struct =>
        typeof(T).GetMethod("Write")!.CreateDelegate<Writer<T>>()(ref value, abi, destination);

    private static object? Unwrap(Func<object?> call)
    {
        try
        {
            return call();
        }
        catch (TargetInvocationException wrapped)
        {
            throw wrapped.InnerException!;
        }
    }
}
