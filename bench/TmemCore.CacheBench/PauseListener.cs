using System.Diagnostics.Tracing;

namespace TmemCore.CacheBench;

/// <summary>The longest time for which the runtime has stopped all threads.</summary>
internal sealed class PauseListener : EventListener
{
    private const string Runtime = "Microsoft-Windows-DotNETRuntime";
    private const EventKeywords Collector = (EventKeywords)1;
    private const int SuspendBegin = 9;
    private const int RestartEnd = 3;

    private DateTime _begin;

    public TimeSpan Longest { get; private set; }

    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == Runtime)
        {
            EnableEvents(eventSource, EventLevel.Informational, Collector);
        }
    }

    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (eventData.EventId == SuspendBegin)
        {
            _begin = eventData.TimeStamp;
        }
        else if (eventData.EventId == RestartEnd && _begin != default && eventData.TimeStamp - _begin is TimeSpan pause && pause > Longest)
        {
            Longest = pause;
        }
    }
}
