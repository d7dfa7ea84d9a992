using TmemCore.Server.Nbd;

namespace TmemCore.Server.Tests.Nbd;

/// <summary>What a server has answered to one request.</summary>
internal sealed class NbdAnswer
{
    public NbdError Error { get; set; }

    /// <summary>What was read.</summary>
    public byte[] Data { get; set; } = [];

    /// <summary>The chunks that it came in; 0 for a simple reply.</summary>
    public int Chunks { get; set; }

    /// <summary>Bytes that came as holes.</summary>
    public long HoleBytes { get; set; }

    /// <summary>What was told of extents.</summary>
    public List<(uint Length, uint Flags)> Extents { get; } = [];

    /// <summary>What was said of the error.</summary>
    public string Words { get; set; } = "";
}
