using System.Reflection;
using CsCheck;
using TmemCore.Abi;
using Xunit;

namespace TmemCore.Tests.Abi;

/// <summary>Random values of every structure and op, in every generation and word size that has it.</summary>
public class RoundTripTests
{
    private const int Rounds = 60;
    private static readonly Gen<ulong[]> s_numbers = Gen.OneOf(Gen.ULong, Gen.Const(0UL), Gen.Const(ulong.MaxValue)).Array[48];

    public static TheoryData<string> Types => [.. AbiTypes.All.Select(type => type.Type.FullName!)];

    [Theory]
    [MemberData(nameof(Types))]
    public void What_is_written_is_read_back(string name)
    {
        AbiTypes type = AbiTypes.All.Single(candidate => candidate.Type.FullName == name);
        foreach (TmemAbi abi in TmemAbi.All())
        {
            if (type.SizeOf(abi) > 0)
            {
                s_numbers.Sample(numbers => RoundTrip(type, abi, numbers), iter: Rounds, threads: 1);
            }
            else
            {
                object value = Activator.CreateInstance(type.Type)!;
                Assert.Throws<NotSupportedException>(() => type.Write(value, abi, new byte[256]));
                Assert.Null(type.TryRead(abi, new byte[256]));
            }
        }
    }

    [Fact]
    public void Every_op_and_structure_is_gone_through()
    {
        Assert.Equal(41, AbiTypes.All.Count(type => type.IsOp));
        Assert.Equal(11, AbiTypes.All.Count(type => !type.IsOp));
        Assert.Equal(12, AbiTypes.All.Count(type => type.Family == typeof(GuestOps)));
        Assert.Equal(29, AbiTypes.All.Count(type => type.Family == typeof(ControlOps)));
    }

    private static void RoundTrip(AbiTypes type, TmemAbi abi, ulong[] numbers)
    {
        int size = type.SizeOf(abi);
        object value = Fill(type, abi, numbers);
        byte[] clean = new byte[size + 8];
        byte[] dirty = Enumerable.Repeat((byte)0xa5, size + 8).ToArray();
        Assert.Equal(size, type.Write(value, abi, clean));
        Assert.Equal(size, type.Write(value, abi, dirty));
        Assert.Equal(clean[..size], dirty[..size]);
        Assert.All(dirty[size..], untouched => Assert.Equal(0xa5, untouched));

        object? again = type.TryRead(abi, dirty);
        Assert.Equal(value, again);
        Assert.Equal(value.GetHashCode(), again!.GetHashCode());
        Assert.Equal(value.ToString(), again.ToString());
        Assert.Null(type.TryRead(abi, clean[..(size - 1)]));
        Assert.Throws<ArgumentException>(() => type.Write(value, abi, new byte[size - 1]));
        if (type.IsOp)
        {
            Dispatched(type, abi, clean[..size], value);
        }
    }

    private static void Dispatched(AbiTypes type, TmemAbi abi, byte[] bytes, object value)
    {
        if (type.Family == typeof(GuestOps))
        {
            RecordingGuest guest = new();
            GuestOps.Dispatch(abi, bytes, guest);
            Assert.Equal(value, guest.Last);
            Assert.Equal(1, guest.Calls);
        }
        else
        {
            RecordingControl control = new();
            ControlOps.Dispatch(abi, bytes, control);
            Assert.Equal(value, control.Last);
            Assert.Equal(1, control.Calls);
        }
    }

    /// <summary>Gives each member a random value, and a smaller one where the generation says that it does not fit.</summary>
    private static object Fill(AbiTypes type, TmemAbi abi, ulong[] numbers)
    {
        object value = Activator.CreateInstance(type.Type)!;
        int next = 0;
        foreach (PropertyInfo member in type.Members)
        {
            bool isTag = member.IsDefined(typeof(AbiTagAttribute));
            object?[] candidates = member.IsDefined(typeof(AbiArmAttribute))
                ? [null]
                : [Make(member.PropertyType, numbers, ref next, false), Make(member.PropertyType, numbers, ref next, true), null];
            foreach (object? candidate in isTag ? candidates.Prepend((uint)(numbers[0] % 4)) : candidates)
            {
                member.SetValue(value, candidate ?? Activator.CreateInstance(member.PropertyType));
                if (Fits(type, value, abi))
                {
                    break;
                }
            }
        }

        return FillArm(type, abi, value, numbers);
    }

    /// <summary>Fills the arm the tag selects: the only one that is written.</summary>
    private static object FillArm(AbiTypes type, TmemAbi abi, object value, ulong[] numbers)
    {
        object? read = null;
        byte[] bytes = new byte[type.SizeOf(abi)];
        type.Write(value, abi, bytes);
        foreach (PropertyInfo arm in type.Members.Where(member => member.IsDefined(typeof(AbiArmAttribute))))
        {
            AbiTypes inner = AbiTypes.Of(arm.PropertyType);
            if (inner.SizeOf(abi) == 0)
            {
                continue;
            }

            object trial = type.TryRead(abi, bytes)!;
            arm.SetValue(trial, Fill(inner, abi, numbers));
            byte[] written = new byte[bytes.Length];
            type.Write(trial, abi, written);
            read ??= written.AsSpan().SequenceEqual(bytes) ? null : trial;
        }

        return read ?? value;
    }

    private static bool Fits(AbiTypes type, object value, TmemAbi abi)
    {
        try
        {
            type.Write(value, abi, new byte[type.SizeOf(abi)]);
            return true;
        }
        catch (OverflowException refusal)
        {
            Assert.Contains(type.Type.Name, refusal.Message);
            return false;
        }
    }

    private static object? Make(Type type, ulong[] numbers, ref int next, bool small)
    {
        ulong mask = small ? uint.MaxValue : ulong.MaxValue;
        if (type == typeof(ObjectId))
        {
            ulong first = Next(numbers, ref next);
            return small ? new ObjectId(first) : new ObjectId(first, Next(numbers, ref next), Next(numbers, ref next));
        }

        if (type == typeof(PoolUuid))
        {
            return new PoolUuid(Next(numbers, ref next), Next(numbers, ref next));
        }

        if (type.IsEnum)
        {
            return Enum.ToObject(type, unchecked((uint)Next(numbers, ref next)));
        }

        ulong number = Next(numbers, ref next) & mask;
        return Type.GetTypeCode(type) switch
        {
            TypeCode.UInt32 => unchecked((uint)number),
            TypeCode.Int32 => unchecked((int)number),
            TypeCode.UInt64 => number,
            _ => null,
        };
    }

    private static ulong Next(ulong[] numbers, ref int next) => numbers[next++ % numbers.Length];
}
