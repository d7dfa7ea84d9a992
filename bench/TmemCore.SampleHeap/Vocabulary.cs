using System.Text;

namespace TmemCore.SampleHeap;

/// <summary>Names, words and the texts made of them. Words come as often as words do in languages: the n-th at 1/n of the first's rate.</summary>
internal sealed class Vocabulary
{
    private const int WordCount = 8_000;

    private static readonly string[] s_syllables =
    [
        "ab", "al", "an", "ar", "as", "at", "ba", "be", "ca", "ce", "co", "con", "da", "de", "di", "do", "e", "ed", "el", "en", "er", "es", "ex", "fa", "fi",
        "for", "ga", "ge", "ha", "he", "hi", "i", "il", "in", "ing", "is", "it", "ka", "la", "le", "li", "lo", "ly", "ma", "me", "men", "mi", "mo", "na", "ne",
        "no", "o", "on", "or", "pa", "per", "po", "pre", "pro", "ra", "re", "ri", "ro", "sa", "se", "si", "so", "st", "ta", "te", "ter", "ti", "tion", "to",
        "tra", "u", "un", "ur", "us", "va", "ve", "vi",
    ];

    private readonly string[] _words = new string[WordCount];
    private readonly double[] _rates = new double[WordCount];

    public Vocabulary(Random random)
    {
        double sum = 0;
        for (int i = 0; i < WordCount; i++)
        {
            // Frequent words are short.
            int syllables = 1 + random.Next(i < 200 ? 2 : 4);
            _words[i] = string.Concat(Enumerable.Range(0, syllables).Select(_ => s_syllables[random.Next(s_syllables.Length)]));
            sum += 1.0 / (i + 1);
            _rates[i] = sum;
        }
    }

    public static IReadOnlyList<string> FirstNames { get; } =
    [
        "Adam", "Agnes", "Ahmed", "Akira", "Alice", "Amara", "Ana", "Anders", "Anna", "Ben", "Carlos", "Chen", "Clara", "David", "Elena", "Emil", "Emma", "Eva",
        "Fatima", "Felix", "Grace", "Hanna", "Hugo", "Ines", "Ivan", "Jack", "James", "Jana", "Jonas", "Julia", "Kofi", "Lars", "Laura", "Lea", "Leo", "Li",
        "Lucas", "Maria", "Mark", "Maya", "Mehmet", "Mia", "Nadia", "Nina", "Noah", "Olga", "Oscar", "Paul", "Petra", "Priya", "Rosa", "Samuel", "Sara", "Sofia",
        "Tariq", "Thomas", "Uma", "Vera", "Victor", "Wei", "Yuki", "Zoe",
    ];

    public static IReadOnlyList<string> LastNames { get; } =
    [
        "Adeyemi", "Ali", "Andersson", "Bauer", "Becker", "Brown", "Bruno", "Castro", "Clark", "Costa", "Davies", "Diaz", "Dubois", "Evans", "Fischer", "Garcia",
        "Green", "Gupta", "Hansen", "Hill", "Hoffmann", "Ito", "Ivanov", "Jensen", "Johnson", "Jones", "Kim", "King", "Kowalski", "Kumar", "Lee", "Lopez",
        "Martin", "Meyer", "Miller", "Moreau", "Mueller", "Nagy", "Nguyen", "Novak", "Okafor", "Olsen", "Park", "Patel", "Petrov", "Popescu", "Ricci", "Rossi",
        "Santos", "Sato", "Schmidt", "Silva", "Singh", "Smith", "Suzuki", "Taylor", "Tanaka", "Virtanen", "Wang", "Weber", "Williams", "Wilson", "Yilmaz", "Zhang",
    ];

    public static IReadOnlyList<string> Cities { get; } =
    [
        "Amsterdam", "Athens", "Barcelona", "Berlin", "Bogota", "Boston", "Cairo", "Chennai", "Chicago", "Copenhagen", "Dakar", "Dublin", "Hamburg", "Helsinki",
        "Istanbul", "Jakarta", "Kyoto", "Lagos", "Lima", "Lisbon", "London", "Lyon", "Madrid", "Melbourne", "Milan", "Montreal", "Munich", "Nairobi", "Osaka",
        "Oslo", "Paris", "Porto", "Prague", "Quito", "Rome", "Santiago", "Seattle", "Seoul", "Stockholm", "Sydney", "Taipei", "Toronto", "Vienna", "Warsaw", "Zurich",
    ];

    /// <summary>One of some, each as often as the others.</summary>
    public static string OneOf(IReadOnlyList<string> texts, Random random) => texts[random.Next(texts.Count)];

    /// <summary>A word.</summary>
    public string Word(Random random)
    {
        int at = Array.BinarySearch(_rates, random.NextDouble() * _rates[^1]);
        return _words[at < 0 ? ~at : at];
    }

    /// <summary>Appends sentences of so many words together.</summary>
    public void AppendText(StringBuilder text, int words, Random random)
    {
        int left = 0;
        for (int i = 0; i < words; i++)
        {
            string word = Word(random);
            bool begins = left == 0;
            left = begins ? random.Next(5, 18) : left - 1;
            text.Append(i == 0 ? "" : begins ? ". " : " ");
            text.Append(begins ? char.ToUpperInvariant(word[0]) : word[0]).Append(word, 1, word.Length - 1);
        }
    }
}
