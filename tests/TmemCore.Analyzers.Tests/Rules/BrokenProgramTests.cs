using Microsoft.CodeAnalysis.CSharp;

namespace TmemCore.Analyzers.Tests.Rules;

/// <summary>
/// Editors run rules over programs that are being typed. Tokens are taken out of the programs of the corpus, doubled and swapped, from a seed,
/// and every rule is run over what is left: none may throw. There are four rounds per program, or TMEM_FUZZ_ROUNDS of them.
/// </summary>
public class BrokenProgramTests
{
    private static readonly int s_rounds = int.TryParse(Environment.GetEnvironmentVariable("TMEM_FUZZ_ROUNDS"), out int rounds) ? rounds : 4;

    private static readonly Scene s_scene = new() { MayBeBroken = true };

    public static TheoryData<string, string> Programs
    {
        get
        {
            TheoryData<string, string> all = [];
            foreach (string kind in new[] { "Correct", "Wrong" })
            {
                foreach (string file in CorpusTests.Names(kind))
                {
                    all.Add(kind, file);
                }
            }

            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task No_rule_throws_over_what_is_left_of_a_program(string kind, string file)
    {
        string source = Markup.Read(CorpusTests.Text(kind, file)).Source;
        string[] tokens = [.. CSharpSyntaxTree.ParseText(source).GetRoot().DescendantTokens().Select(token => token.ToFullString())];
        for (int round = 0; round < s_rounds; round++)
        {
            int seed = StableHash(file) + round;
            await Verify.FindAsync(Break(tokens, new Random(seed)), round % 2 == 0 ? s_scene : s_scene.With("tmem_pinning_strict", "true"));
        }
    }

    private static string Break(string[] tokens, Random random)
    {
        List<string> left = [.. tokens];
        for (int changes = random.Next(1, 6); changes > 0; changes--)
        {
            int at = random.Next(left.Count - 1);
            switch (random.Next(3))
            {
                case 0:
                    left.RemoveAt(at);
                    break;
                case 1:
                    left.Insert(at, left[at]);
                    break;
                default:
                    (left[at], left[at + 1]) = (left[at + 1], left[at]);
                    break;
            }
        }

        return string.Concat(left);
    }

    private static int StableHash(string text) => text.Aggregate(17, (hash, letter) => unchecked((hash * 31) + letter));
}
