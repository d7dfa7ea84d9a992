namespace TmemCore.Abi;

/// <summary>The layouts of all structures of the tmem ABI, from the generated metadata.</summary>
public static class AbiCatalogue
{
    /// <summary>In the order in which a release is listed.</summary>
    private static readonly Func<TmemAbi, AbiLayout?>[] s_structures =
    [
        TmemOp.GetLayout,
        XenTmemOid.GetLayout,
        TmemHandle.GetLayout,
        XenSysctl.GetLayout,
        XenSysctlTmemOp.GetLayout,
        XenTmemClient.GetLayout,
        XenTmemPoolInfo.GetLayout,
    ];

    /// <summary>
    /// Lists every structure in every header of every release, 64-bit callers first, from the oldest release to the newest,
    /// the guests' headers before the control tools'. A header that two generations share is listed once.
    /// </summary>
    /// <returns>New descriptions.</returns>
    public static IReadOnlyList<AbiLayout> Layouts()
    {
        List<AbiLayout> layouts = [];
        foreach (AbiWordSize wordSize in Enum.GetValues<AbiWordSize>())
        {
            foreach (AbiHeader header in Enum.GetValues<AbiHeader>())
            {
                HashSet<string> releases = [];
                foreach (AbiGeneration generation in Enum.GetValues<AbiGeneration>())
                {
                    AddRelease(layouts, header, new TmemAbi(generation, wordSize), releases);
                }
            }
        }

        return layouts;
    }

    /// <summary>
    /// The ops that come with a layout's release: the hypercall's commands in a guest header, the control sub-ops in the header
    /// in which they travel.
    /// </summary>
    /// <param name="layout">Any layout of the release.</param>
    /// <returns>The ops in the order of their numbers, commands first.</returns>
    public static IEnumerable<AbiOpInfo> Operations(AbiLayout layout)
    {
        ArgumentNullException.ThrowIfNull(layout);
        AbiGeneration generation = layout.Abi.Generation;
        bool isGuest = layout.Header == AbiHeader.Guest;
        IEnumerable<AbiOpInfo> commands = isGuest ? GuestOps.Operations() : [];
        IEnumerable<AbiOpInfo> control =
            !isGuest || generation <= AbiGeneration.V1Hypercall ? ControlOps.Operations() : [];
        return commands.Concat(control).Where(op => generation >= op.Since && generation <= op.Until);
    }

    private static void AddRelease(List<AbiLayout> layouts, AbiHeader header, TmemAbi abi, HashSet<string> releases)
    {
        AbiLayout[] release = s_structures
            .Select(structure => structure(abi))
            .OfType<AbiLayout>()
            .Where(layout => layout.Header == header)
            .ToArray();
        if (release.Length > 0 && releases.Add(release[0].Release))
        {
            layouts.AddRange(release);
        }
    }
}
