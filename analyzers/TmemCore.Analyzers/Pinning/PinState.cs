using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace TmemCore.Analyzers.Pinning;

/// <summary>
/// What is known at one point of a method. Keys are variables, captures of the flow graph and <see cref="FieldKey"/>s.
/// States never change; each change makes a new one.
/// </summary>
internal sealed class PinState : IEquatable<PinState>
{
    public static readonly PinState Empty = new(ImmutableDictionary<object, PinValue>.Empty);

    private readonly ImmutableDictionary<object, PinValue> _values;

    private PinState(ImmutableDictionary<object, PinValue> values) => _values = values;

    public IEnumerable<KeyValuePair<object, PinValue>> Values => _values;

    public PinValue? Find(object key) => _values.TryGetValue(key, out PinValue? value) ? value : null;

    public PinState With(object key, PinValue value) => new(_values.SetItem(key, value));

    /// <summary>The fields of a variable are forgotten.</summary>
    public PinState WithoutFieldsOf(object root)
    {
        object[] gone = [.. _values.Keys.Where(key => key is FieldKey field && field.IsWithin(root))];
        return gone.Length == 0 ? this : new(_values.RemoveRange(gone));
    }

    /// <summary>The fields of one variable become those of another.</summary>
    public PinState WithFieldsCopied(object from, object to)
    {
        ImmutableDictionary<object, PinValue> values = _values;
        foreach (KeyValuePair<object, PinValue> pair in _values)
        {
            if (pair.Key is FieldKey field && field.IsWithin(from))
            {
                values = values.SetItem(field.WithRoot(from, to), pair.Value);
            }
        }

        return new(values);
    }

    public IEnumerable<PinValue> FieldsOf(object root) =>
        _values.Where(pair => pair.Key is FieldKey field && field.IsWithin(root)).Select(pair => pair.Value);

    /// <summary>Replaces every value the condition holds for.</summary>
    public PinState Replace(Func<PinValue, bool> when, Func<PinValue, PinValue> by)
    {
        ImmutableDictionary<object, PinValue> values = _values;
        foreach (KeyValuePair<object, PinValue> pair in _values)
        {
            if (when(pair.Value))
            {
                values = values.SetItem(pair.Key, by(pair.Value));
            }
        }

        return ReferenceEquals(values, _values) ? this : new(values);
    }

    /// <summary>Forgets what is known of fields of objects: a call may have changed them.</summary>
    public PinState WithoutHeapFields()
    {
        object[] gone = [.. _values.Keys.Where(key => key is FieldKey { IsOnHeap: true } || key is FieldKey inner && inner.IsWithin(FieldKey.This))];
        return gone.Length == 0 ? this : new(_values.RemoveRange(gone));
    }

    public PinState Join(PinState other)
    {
        if (ReferenceEquals(this, other))
        {
            return this;
        }

        ImmutableDictionary<object, PinValue> values = _values;
        foreach (KeyValuePair<object, PinValue> pair in other._values)
        {
            values = values.SetItem(pair.Key, values.TryGetValue(pair.Key, out PinValue? mine) ? PinValue.Join(mine, pair.Value) : pair.Value);
        }

        return new(values);
    }

    public bool Equals(PinState? other) => other is not null
        && _values.Count == other._values.Count
        && _values.All(pair => other._values.TryGetValue(pair.Key, out PinValue? value) && value.Equals(pair.Value));

    public override bool Equals(object? obj) => Equals(obj as PinState);

    public override int GetHashCode() => _values.Count;
}
