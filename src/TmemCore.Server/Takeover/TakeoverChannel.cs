using System.Buffers.Binary;
using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace TmemCore.Server.Takeover;

/// <summary>What a daemon and its successor say to each other: messages of bytes, and open files. Blocks; one thread at a time.</summary>
internal sealed class TakeoverChannel : IDisposable
{
    private readonly Socket _socket;
    private readonly TimeSpan _patience;

    /// <param name="socket">A Unix stream socket, which goes with the channel.</param>
    /// <param name="patience">How long the other may take to say or to take something.</param>
    public TakeoverChannel(Socket socket, TimeSpan patience)
    {
        _socket = socket;
        _patience = patience;
        socket.SendTimeout = (int)patience.TotalMilliseconds;
        socket.ReceiveTimeout = (int)patience.TotalMilliseconds;
    }

    /// <summary>What lies outside of a store's memory, for as many clients as there may be, has some 3 MiB.</summary>
    private const int MostBytes = 64 << 20;

    private const byte FileMark = (byte)'f';

    /// <summary>Sends bytes.</summary>
    public void Send(ReadOnlySpan<byte> bytes)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        SendAll(length);
        SendAll(bytes);
    }

    /// <summary>Sends a word of one letter, which arrives whole or not at all.</summary>
    public void SendMark(char mark) => SendAll([(byte)mark]);

    /// <summary>Receives a word of one letter.</summary>
    public char ReceiveMark()
    {
        Span<byte> mark = stackalloc byte[1];
        ReceiveAll(mark);
        return (char)mark[0];
    }

    /// <summary>Sends a number.</summary>
    public void Send(int value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        Send(bytes);
    }

    /// <summary>Sends a text.</summary>
    public void Send(string text) => Send(Encoding.UTF8.GetBytes(text));

    /// <summary>Sends an open file; it stays open here.</summary>
    public void Send(SafeHandle file)
    {
        bool isHeld = false;
        try
        {
            file.DangerousAddRef(ref isHeld);
            Await(SelectMode.SelectWrite);
            if (Wire.Native.SendFile((int)_socket.Handle, FileMark, (int)file.DangerousGetHandle()) != 1)
            {
                throw Failure("sendmsg");
            }
        }
        finally
        {
            if (isHeld)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>Receives bytes.</summary>
    /// <exception cref="EndOfStreamException">The other has gone.</exception>
    /// <exception cref="InvalidDataException">It sent what cannot be.</exception>
    public byte[] Receive()
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        ReceiveAll(length);
        int bytes = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (bytes is < 0 or > MostBytes)
        {
            throw new InvalidDataException($"A message of {bytes:N0} bytes was announced; there are none above {MostBytes:N0}.");
        }

        var message = new byte[bytes];
        ReceiveAll(message);
        return message;
    }

    /// <summary>Receives a number.</summary>
    public int ReceiveInt32()
    {
        byte[] bytes = Receive();
        return bytes.Length == sizeof(int)
            ? BinaryPrimitives.ReadInt32LittleEndian(bytes)
            : throw new InvalidDataException($"A number has {sizeof(int)} bytes; {bytes.Length:N0} came.");
    }

    /// <summary>Receives a text.</summary>
    public string ReceiveText() => Encoding.UTF8.GetString(Receive());

    /// <summary>Receives an open file, which is the caller's then.</summary>
    public SafeFileHandle ReceiveFile()
    {
        Await(SelectMode.SelectRead);
        int received = Wire.Native.ReceiveFile((int)_socket.Handle, out byte mark, out int? file);
        if (received < 0)
        {
            throw Failure("recvmsg");
        }

        if (file is int descriptor)
        {
            var handle = new SafeFileHandle(descriptor, ownsHandle: true);
            if (mark == FileMark)
            {
                return handle;
            }

            handle.Dispose();
        }

        throw received == 0
            ? new EndOfStreamException("The other process has gone.")
            : new InvalidDataException("An open file was to come, and something else did.");
    }

    /// <summary>
    /// Hears nothing any more that the other has not said already, and lets it know when it tries. What it said before can still be received: after
    /// this, both know the same.
    /// </summary>
    public void Close() => _socket.Shutdown(SocketShutdown.Both);

    public void Dispose() => _socket.Dispose();

    /// <summary>A socket that has been used asynchronously does not block in the system's calls.</summary>
    private void Await(SelectMode mode)
    {
        if (!_socket.Poll(_patience, mode))
        {
            throw new IOException($"The other process takes or says nothing for {_patience}.");
        }
    }

    private static IOException Failure(string call) => new($"{call} failed: {new Win32Exception(Marshal.GetLastPInvokeError()).Message}.");

    private void SendAll(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[_socket.Send(bytes, SocketFlags.None)..];
            }
        }
        catch (SocketException e)
        {
            throw new IOException($"The other process takes nothing: {e.Message}", e);
        }
    }

    private void ReceiveAll(Span<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                int received = _socket.Receive(bytes, SocketFlags.None);
                bytes = received == 0 ? throw new EndOfStreamException("The other process has gone.") : bytes[received..];
            }
        }
        catch (SocketException e)
        {
            throw new IOException($"The other process says nothing: {e.Message}", e);
        }
    }
}
