public unsafe struct Object
{
    public void** Table;

    public int AddReference() => ((delegate* unmanaged<Object*, int>)Table[1])((Object*)Unsafe.AsPointer(ref this));

    public int Release() => ((delegate* unmanaged<Object*, int>)Table[2])((Object*)Unsafe.AsPointer(ref Unsafe.AsRef(in this)));
}

public static unsafe class Objects
{
    public static void Swap(Object* first, Object** slot)
    {
        first->AddReference();
        Object* old = *slot;
        *slot = first;
        if (old != null)
        {
            old->Release();
        }
    }
}
