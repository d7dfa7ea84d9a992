// Scopes lie on the stack of whoever made them: their addresses may be returned to there.
internal unsafe ref struct ObjectScope(void* value)
{
    private nint _value = (nint)value;

    [DllImport("objects")]
    private static extern int object_query(void** into);

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    private ref nint Slot => ref _value;

    public static implicit operator void**(in ObjectScope scope) => (void**)Unsafe.AsPointer(ref Unsafe.AsRef(in scope._value));

    public nint* Address() => (nint*)Unsafe.AsPointer(ref _value);

    public static bool Query(out nint found)
    {
        ObjectScope scope = new(null);
        int error = object_query(scope);
        found = *scope.Address();
        return error == 0;
    }
}
