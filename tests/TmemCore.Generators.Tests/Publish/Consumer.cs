namespace TmemCore.Generators.Tests.Publish;

/// <summary>The files of a project that knows nothing but the package: an op of its own, called, dispatched and kept by a host.</summary>
internal static class Consumer
{
    public const string Output = "pinned 200 -> 43, unknown 4 -> -38, page Hit";

    public const string Project = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <OutputType>Exe</OutputType>
            <TargetFramework>net10.0</TargetFramework>
            <ImplicitUsings>enable</ImplicitUsings>
            <Nullable>enable</Nullable>
            <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="TmemCore" Version="VERSION" />
          </ItemGroup>
        </Project>
        """;

    /// <summary>What the library depends on: its codecs.</summary>
    public static readonly string[] Dependencies = ["ZstdSharp.Port"];

    /// <summary>Only the folder with the package and its codecs: whatever else were needed would be a dependency that nobody meant.</summary>
    public const string Sources = """
        <configuration>
          <packageSources>
            <clear />
            <add key="local" value="PACKAGES" />
          </packageSources>
        </configuration>
        """;

    /// <summary>To publish, the SDK wants packages of its own, from wherever this machine has them; ours is from the folder alone.</summary>
    public const string SourcesWithTools = """
        <configuration>
          <packageSources>
            <add key="local" value="PACKAGES" />
          </packageSources>
        </configuration>
        """;

    /// <summary>An array that may move while the hypervisor writes into it.</summary>
    public const string Wrong = """
        using System.Runtime.CompilerServices;
        using System.Runtime.InteropServices;

        internal static unsafe class Wrong
        {
            [DllImport("hypervisor")]
            private static extern int Call(void* page);

            public static int Send(byte[] array) => Call(Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(new byte[4096 + array.Length])));
        }
        """;

    /// <summary>A project that has the rules and nothing else.</summary>
    public const string RulesProject = """
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
          </PropertyGroup>
          <ItemGroup>
            <PackageReference Include="TmemCore.Analyzers" Version="VERSION" PrivateAssets="all" />
          </ItemGroup>
        </Project>
        """;

    public const string Program = """
        using TmemCore;
        using TmemCore.Abi;

        var abi = new TmemAbi(AbiGeneration.V1Hypercall);
        using var host = new TmemHost(new() { CapacityBytes = 4L << 20 });
        using TmemClient client = host.CreateClient(new() { Name = "consumer" });
        using EphemeralPool pool = client.CreateEphemeralPool();
        byte[] page = new byte[TmemPool.PageBytes];
        pool.TryPut(41, 2, page);

        var mine = new MyOps.Caller<Port>(abi, new Port(abi));
        long pinned = mine.PinPage(new() { PoolId = pool.Id, Object = 41, Index = 2 });
        byte[] bytes = new byte[PutPageOp.MaxSize];
        new PutPageOp().Write(abi, bytes);
        long unknown = MyOps.Dispatch(abi, bytes, new Handler());
        Console.WriteLine($"pinned {PinPageOp.Number} -> {pinned}, unknown 4 -> {unknown}, page {pool.Take(41, 2, page)}");

        [AbiFamily(typeof(TmemOp))]
        public static partial class MyOps;

        [AbiOp(typeof(MyOps), 200)]
        public readonly partial struct PinPageOp
        {
            public int PoolId { get; init; }
            public ObjectId Object { get; init; }
            public uint Index { get; init; }
        }

        public readonly struct Handler : MyOps.IHandler
        {
            public long OnPinPage(in PinPageOp op) => (long)op.Object.Word0 + op.Index;
            public long OnUnknownMy(TmemAbi abi, uint number, ReadOnlySpan<byte> op) => AbiResults.NotImplemented;
        }

        public readonly struct Port(TmemAbi abi) : IOpPort
        {
            public long Call(ReadOnlySpan<byte> op) => MyOps.Dispatch(abi, op, new Handler());
        }
        """;
}
