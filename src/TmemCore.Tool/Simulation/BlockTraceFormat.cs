namespace TmemCore.Tool.Simulation;

/// <summary>How a block trace is written.</summary>
internal enum BlockTraceFormat
{
    /// <summary>Lines of four integers: first block, count of blocks, one that means nothing here, sequence number.</summary>
    Lis,

    /// <summary>Records of 24 bytes, least byte first: time (32 bits), object (64), size (32), next access (64).</summary>
    OracleGeneral,

    /// <summary>Numbers between commas, below a line that names the columns.</summary>
    Csv,
}
