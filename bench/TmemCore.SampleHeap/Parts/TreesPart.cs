using System.Globalization;
using System.Text;
using System.Xml.Linq;

namespace TmemCore.SampleHeap.Parts;

/// <summary>Documents that were read into trees: elements, attributes, short texts.</summary>
internal sealed class TreesPart : HeapPart
{
    private static readonly XName[] s_names = [.. new[] { "section", "item", "entry", "group", "value", "note" }.Select(static name => XName.Get(name))];

    private readonly StringBuilder _text = new();

    /// <inheritdoc/>
    public override string Name => "trees";

    /// <inheritdoc/>
    public override object Make(Random random, Vocabulary words)
    {
        int left = Draw.Skewed(random, 20, 1_000);
        return ElementOf(ref left, 0, random, words);
    }

    private XElement ElementOf(ref int left, int depth, Random random, Vocabulary words)
    {
        left--;
        var element = new XElement(s_names[random.Next(s_names.Length)]);
        element.SetAttributeValue("id", random.Next(1_000_000).ToString(CultureInfo.InvariantCulture));
        if (random.Next(3) == 0)
        {
            element.SetAttributeValue("kind", words.Word(random));
        }

        int children = depth < 8 ? random.Next(1, 8) : 0;
        if (children == 0 || (depth > 2 && random.Next(2) == 0))
        {
            words.AppendText(_text.Clear(), Draw.Skewed(random, 1, 12), random);
            element.Add(_text.ToString());
            return element;
        }

        for (; children > 0 && left > 0; children--)
        {
            element.Add(ElementOf(ref left, depth + 1, random, words));
        }

        return element;
    }
}
