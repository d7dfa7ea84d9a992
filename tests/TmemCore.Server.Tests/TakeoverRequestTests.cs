using TmemCore.Server.Takeover;
using Xunit;

namespace TmemCore.Server.Tests;

/// <summary>Whom a successor believes.</summary>
public sealed class TakeoverRequestTests
{
    [Theory]
    [InlineData(1000, 1000, true)]
    [InlineData(0, 1000, true)]
    [InlineData(1000, 1001, false)]
    [InlineData(1000, 0, false)]
    public void A_host_is_taken_from_the_own_user_or_root_alone(uint offering, uint taking, bool isTaken)
    {
        IOException? refusal = null;
        try
        {
            TakeoverRequest.RequireTrusted("/run/s", new PeerCredentials(7, offering, offering), taking);
        }
        catch (IOException e)
        {
            refusal = e;
        }

        Assert.Equal(isTaken, refusal is null);
    }
}
