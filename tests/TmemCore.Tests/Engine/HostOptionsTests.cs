using Xunit;

namespace TmemCore.Tests.Engine;

/// <summary>Each option at its lowest, at its highest, and just outside.</summary>
public sealed class HostOptionsTests
{
    private const long MostBytes = (long)uint.MaxValue * TmemPool.PageBytes;

    public static TheoryData<string, long, bool> Values { get; } = new()
    {
        { nameof(TmemHostOptions.CapacityBytes), TmemHostOptions.MinimumCapacityBytes, true },
        { nameof(TmemHostOptions.CapacityBytes), TmemHostOptions.MinimumCapacityBytes - 1, false },
        { nameof(TmemHostOptions.CapacityBytes), 0, false },
        { nameof(TmemHostOptions.CapacityBytes), -1, false },
        { nameof(TmemHostOptions.CapacityBytes), MostBytes + 1, false },
        { nameof(TmemHostOptions.MaximumCapacityBytes), 0, true },
        { nameof(TmemHostOptions.MaximumCapacityBytes), 64L << 20, true },
        { nameof(TmemHostOptions.MaximumCapacityBytes), (64L << 20) - 1, false },
        { nameof(TmemHostOptions.MaximumCapacityBytes), -1, false },
        { nameof(TmemHostOptions.MaximumCapacityBytes), MostBytes + 1, false },
        { nameof(TmemHostOptions.Shards), 0, true },
        { nameof(TmemHostOptions.Shards), 1, true },
        { nameof(TmemHostOptions.Shards), 4096, true },
        { nameof(TmemHostOptions.Shards), 8192, false },
        { nameof(TmemHostOptions.Shards), 3, false },
        { nameof(TmemHostOptions.Shards), -1, false },
        { nameof(TmemHostOptions.MaxClients), 1, true },
        { nameof(TmemHostOptions.MaxClients), 65_535, true },
        { nameof(TmemHostOptions.MaxClients), 65_536, false },
        { nameof(TmemHostOptions.MaxClients), 0, false },
        { nameof(TmemHostOptions.MaxPoolsPerClient), 1, true },
        { nameof(TmemHostOptions.MaxPoolsPerClient), 16, true },
        { nameof(TmemHostOptions.MaxPoolsPerClient), 17, false },
        { nameof(TmemHostOptions.MaxPoolsPerClient), 0, false },
        { nameof(TmemHostOptions.MaxSharedPools), 0, true },
        { nameof(TmemHostOptions.MaxSharedPools), 65_536, true },
        { nameof(TmemHostOptions.MaxSharedPools), 65_537, false },
        { nameof(TmemHostOptions.MaxSharedPools), -1, false },
        { nameof(TmemHostOptions.DataFrameLimit), 0, true },
        { nameof(TmemHostOptions.DataFrameLimit), 1, false },
        { nameof(TmemHostOptions.DataFrameLimit), -1, false },
        { nameof(TmemHostOptions.Profile), 1, true },
        { nameof(TmemHostOptions.Profile), 2, false },
        { nameof(TmemHostOptions.Backing), 2, true },
        { nameof(TmemHostOptions.Backing), 3, false },
    };

    [Theory]
    [MemberData(nameof(Values))]
    public void An_option_is_checked_when_the_host_is_made(string name, long value, bool isRight)
    {
        TmemHostOptions options = With(name, value);
        if (isRight)
        {
            using var host = new TmemHost(options);
            Assert.Empty(host.Verify());
            return;
        }

        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => new TmemHost(options));
        Assert.Equal(name, refusal.ParamName);
        Assert.StartsWith(FormattableString.Invariant($"{name} is {value:N0}; it may be "), refusal.Message, StringComparison.Ordinal);
        Assert.Equal(value, Convert.ToInt64(refusal.ActualValue, null));
    }

    [Fact]
    public void The_largest_limit_of_data_frames_is_for_the_original_rules_only()
    {
        using var host = new TmemHost(Hosts.Small with { Profile = TmemProfile.Xen, DataFrameLimit = uint.MaxValue });
        Assert.Empty(host.Verify());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new TmemHost(Hosts.Small with { Profile = TmemProfile.Xen, DataFrameLimit = uint.MaxValue + 1L }));
    }

    [Fact]
    public void The_defaults_make_a_host()
    {
        using var host = new TmemHost();
        Assert.Equal(64 << 20, host.CapacityBytes);
        Assert.InRange(host.CommittedBytes, 1, 1 << 20);
        Assert.True(host.Options.RequireSharedAuthorization);
    }

    [Fact]
    public void Addresses_that_the_system_will_not_reserve_are_refused_as_such()
    {
        if (OperatingSystem.IsLinux())
        {
            InsufficientMemoryException refusal = Assert.Throws<InsufficientMemoryException>(
                () => new TmemHost(new TmemHostOptions { MaximumCapacityBytes = MostBytes, Shards = 4096, MaxClients = 65_535 }).Dispose());
            Assert.Contains(nameof(TmemHostOptions.MaximumCapacityBytes), refusal.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65_534)]
    public void A_clients_id_may_be_chosen(int id)
    {
        using var host = new TmemHost(Hosts.Small);
        using TmemClient client = host.CreateClient(new TmemClientOptions { Id = id, Name = "guest" });
        Assert.Equal((id, "guest"), (client.Id, client.Name));
        Assert.True(host.TryGetClient(id, out TmemClient? found));
        Assert.Same(client, found);

        ArgumentException refusal = Assert.Throws<ArgumentException>(() => host.CreateClient(new TmemClientOptions { Id = id }));
        Assert.Contains(id.ToString(System.Globalization.CultureInfo.InvariantCulture), refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(65_535)]
    [InlineData(0x1_0001)]
    public void A_clients_id_out_of_range_is_refused_and_not_cut_short(int id)
    {
        using var host = new TmemHost(Hosts.Small);
        ArgumentOutOfRangeException refusal = Assert.Throws<ArgumentOutOfRangeException>(() => host.CreateClient(new TmemClientOptions { Id = id }));
        Assert.Equal(nameof(TmemClientOptions.Id), refusal.ParamName);
        Assert.Contains("0 to 65534", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_lowest_free_id_is_given_and_given_again()
    {
        using var host = new TmemHost(Hosts.Small);
        TmemClient[] clients = [.. Enumerable.Range(0, 5).Select(_ => host.CreateClient())];
        Assert.Equal([0, 1, 2, 3, 4], clients.Select(client => client.Id));
        clients[3].Dispose();
        clients[1].Dispose();
        Assert.Equal(1, host.CreateClient().Id);
        Assert.Equal(3, host.CreateClient().Id);
        Assert.Equal(5, host.CreateClient().Id);
        Assert.Empty(host.Verify());
    }

    [Fact]
    public void One_client_too_many_is_refused()
    {
        using var host = new TmemHost(Hosts.Small with { MaxClients = 2 });
        TmemClient first = host.CreateClient();
        host.CreateClient();
        InvalidOperationException refusal = Assert.Throws<InvalidOperationException>(() => host.CreateClient());
        Assert.Contains("2 clients", refusal.Message, StringComparison.Ordinal);
        first.Dispose();
        host.CreateClient();
    }

    private static TmemHostOptions With(string name, long value)
    {
        var options = new TmemHostOptions { HashSeed = 1 };
        return name switch
        {
            nameof(TmemHostOptions.CapacityBytes) => options with { CapacityBytes = value },
            nameof(TmemHostOptions.MaximumCapacityBytes) => options with { MaximumCapacityBytes = value },
            nameof(TmemHostOptions.Shards) => options with { Shards = (int)value },
            nameof(TmemHostOptions.MaxClients) => options with { MaxClients = (int)value },
            nameof(TmemHostOptions.MaxPoolsPerClient) => options with { MaxPoolsPerClient = (int)value },
            nameof(TmemHostOptions.MaxSharedPools) => options with { MaxSharedPools = (int)value },
            nameof(TmemHostOptions.DataFrameLimit) => options with { DataFrameLimit = value },
            nameof(TmemHostOptions.Profile) => options with { Profile = (TmemProfile)value },
            _ => options with { Backing = (BackingMemory)value },
        };
    }
}
