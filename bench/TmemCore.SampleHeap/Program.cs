using System.CommandLine;
using TmemCore.SampleHeap;

var size = new Option<int>("--size") { Description = "MiB of objects to keep.", HelpName = "MIB", DefaultValueFactory = static _ => 512 };
var seed = new Option<int>("--seed") { Description = "What the objects are; the same number gives the same objects.", HelpName = "N", DefaultValueFactory = static _ => 1 };
var profile = new Option<string>("--profile") { Description = "How hard the heap is to compress.", HelpName = "NAME", DefaultValueFactory = static _ => HeapProfile.All[0].Name };
profile.AcceptOnlyFromAmong([.. HeapProfile.All.Select(static one => one.Name)]);
var part = new Option<string?>("--part") { Description = "Only objects of this kind.", HelpName = "NAME" };
part.AcceptOnlyFromAmong([.. ServiceHeap.Names]);
size.Validators.Add(static result =>
{
    if (result.GetValueOrDefault<int>() is < 1 or > 65_536)
    {
        result.AddError("--size is from 1 to 65,536 MiB.");
    }
});
var command = new RootCommand("Fills its heap as services do, tells its process number, and ends when its input does or a line comes.") { size, seed, profile, part };
command.SetAction(arguments =>
{
    HeapProfile chosen = HeapProfile.All.Single(one => one.Name == arguments.GetValue(profile));
    var heap = new ServiceHeap(chosen, arguments.GetValue(seed), arguments.GetValue(part));
    heap.Fill((long)arguments.GetValue(size) << 20);
    heap.Churn();
    Console.Error.WriteLine($"{GC.GetTotalMemory(forceFullCollection: false) >> 20:N0} MiB on the heap, {GC.CollectionCount(0):N0} collections.");
    foreach ((string name, int count, long bytes) in heap.Parts)
    {
        Console.Error.WriteLine($"{name}: {count:N0} objects and what hangs on them, {bytes >> 20:N0} MiB");
    }

    Console.WriteLine(Environment.ProcessId);
    Console.In.ReadLine();
    GC.KeepAlive(heap);
});
return command.Parse(args).Invoke();
