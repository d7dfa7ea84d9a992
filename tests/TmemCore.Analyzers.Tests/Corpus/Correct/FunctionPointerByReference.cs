// A table of native functions, as of a COM object. What is passed by reference the runtime pins for the call.
internal sealed unsafe class SymbolReader(nint self, SymbolReader.Table* table)
{
    internal struct Table
    {
        public delegate* unmanaged[Stdcall]<nint, uint, char*, int, out int, out nint, int> FieldProps;
        public delegate* unmanaged[Stdcall]<nint, ref uint, in int, int> Next;
    }

    private uint _cursor;

    public bool FieldProps(uint token, out nint signature, out int lengthChars) =>
        table->FieldProps(self, token, null, 0, out lengthChars, out signature) >= 0;

    public bool Next(int[] limits) => table->Next(self, ref _cursor, in limits[0]) == 0;

    public string? Name(uint token)
    {
        if (!FieldProps(token, out nint signature, out int lengthChars) || signature == 0)
        {
            return null;
        }

        char[] name = new char[lengthChars];
        fixed (char* first = name)
        {
            return table->FieldProps(self, token, first, name.Length, out lengthChars, out signature) < 0 ? null : new string(name, 0, lengthChars - 1);
        }
    }
}
