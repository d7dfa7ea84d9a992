using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TmemCore.Memory;

/// <summary>
/// What a store keeps outside of its arena, on the way from one process to the next: each part names its fields once, and they are written in
/// the one and set in the other. Numbers travel as they lie in memory, since both run on the same machine.
/// </summary>
internal sealed class StateTransfer
{
    private readonly BinaryWriter? _writer;
    private readonly BinaryReader? _reader;

    /// <summary>Collects the fields' values.</summary>
    public StateTransfer(BinaryWriter writer) => _writer = writer;

    /// <summary>Sets the fields to the values that were collected.</summary>
    /// <remarks>An end of the values that comes too early throws <see cref="EndOfStreamException"/>.</remarks>
    public StateTransfer(BinaryReader reader) => _reader = reader;

    /// <summary>Passes a field on.</summary>
    public void Pass<T>(ref T value)
        where T : unmanaged
    {
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<T>(ref value));
        if (_writer is not null)
        {
            _writer.Write(bytes);
        }
        else
        {
            _reader!.BaseStream.ReadExactly(bytes);
        }
    }

    /// <summary>Passes an array on; its length may be another.</summary>
    public void Pass<T>(ref T[] values)
        where T : unmanaged
    {
        int length = values.Length;
        Pass(ref length);
        if (_reader is not null)
        {
            RequireLength(length, Unsafe.SizeOf<T>());
            values = new T[length];
        }

        foreach (ref T value in values.AsSpan())
        {
            Pass(ref value);
        }
    }

    /// <summary>Passes a text on.</summary>
    public void Pass(ref string text)
    {
        if (_writer is not null)
        {
            _writer.Write(text);
        }
        else
        {
            text = _reader!.ReadString();
        }
    }

    /// <summary>Refuses a length that what follows does not hold, before memory is taken for it.</summary>
    private void RequireLength(int length, int elementBytes)
    {
        long left = _reader!.BaseStream.Length - _reader.BaseStream.Position;
        if (length < 0 || (long)length * elementBytes > left)
        {
            throw new InvalidDataException($"An array of {length:N0} elements of {elementBytes:N0} bytes does not fit into the {left:N0} bytes that follow.");
        }
    }
}
