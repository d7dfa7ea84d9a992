// A table of native functions, as of a COM object. What is passed by reference the runtime pins for the call.
internal sealed unsafe class SymbolReader(nint self, SymbolReader.Table* table)
{
    internal struct Table
    {
        public delegate* unmanaged[Stdcall]<nint, uint, char*, int, out int, out nint, int> FieldProps;
        public delegate* unmanaged[Stdcall]<nint, ref ulong, uint*, int> Next;
    }

    private ulong _cursor;

    public bool Next(Span<uint> tokens)
    {
        fixed (uint* first = tokens)
        {
            return table->Next(self, ref _cursor, first) == 0;
        }
    }

    public string? Name(uint token, out nint signature)
    {
        char[] name = new char[256];
        fixed (char* first = name)
        {
            return table->FieldProps(self, token, first, name.Length, out int lengthChars, out signature) < 0
                ? null
                : new string(name, 0, lengthChars - 1);
        }
    }
}
