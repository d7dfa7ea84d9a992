namespace TmemCore.Memory;

/// <summary>Where readings of the machine come from.</summary>
internal interface IMachineReader
{
    /// <summary>Reads what the system tells just now; nothing that is missing or makes no sense is an error. One call at a time.</summary>
    MachineReading Read();
}
