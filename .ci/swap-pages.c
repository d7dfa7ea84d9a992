// Fills more memory than its machine has, goes through all pages again in other orders, and says whether each was as it had been left.
//
//     swap-pages PAGES ROUNDS COMMAND...
//
// A child does that; the process itself stays in memory, says how the child ended, and becomes the command. 0 rounds never end.
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE_WORDS = 512, TENTHS = 10, TOLD_PAGES = 10 };

typedef unsigned long long number;

static number mix(number x)
{
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
}

// A page of noise, half of noise, of one word over and over, or of zeros; another in each round, so that an old version shows.
static number word_of(number page, number round, number word)
{
    number seed = mix((round << 40) + page + 1);
    switch (seed % 8)
    {
    case 0:
        return 0;
    case 1:
        return seed;
    case 2:
    case 3:
        return word % 2 == 0 ? mix(seed + word) : 0;
    default:
        return mix(seed + word);
    }
}

static void write_page(number *at, number page, number round)
{
    for (number word = 0; word < PAGE_WORDS; word++)
        at[word] = word_of(page, round, word);
}

static int is_page(const number *at, number page, number round)
{
    for (number word = 0; word < PAGE_WORDS; word++)
        if (at[word] != word_of(page, round, word))
            return 0;
    return 1;
}

static number common_divisor(number a, number b) { return b == 0 ? a : common_divisor(b, a % b); }

// Round 0 fills; each later one looks whether a page is what the round before has left, and leaves the next.
static number go_through(number *memory, number pages, number round)
{
    number bad = 0, stride = round == 0 ? 1 : mix(round) % pages;
    while (common_divisor(stride, pages) != 1)
        stride++;

    for (number i = 0, page = 0; i < pages; i++, page = (page + stride) % pages)
    {
        number *at = memory + page * PAGE_WORDS;
        if (round > 0 && !is_page(at, page, round - 1) && bad++ < TOLD_PAGES)
            printf("PAGES-BAD %llu in round %llu\n", page, round);
        write_page(at, page, round);
        if ((i + 1) * TENTHS / pages != i * TENTHS / pages)
            printf("=== round %llu, tenth %llu\n", round, (i + 1) * TENTHS / pages);
    }

    return bad;
}

static int work(number pages, number rounds)
{
    number *memory = mmap(0, pages * PAGE_WORDS * sizeof(number), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
    {
        perror("mmap");
        return 1;
    }

    number bad = 0;
    for (number round = 0; rounds == 0 || round <= rounds; round++)
        bad += go_through(memory, pages, round);
    if (bad == 0)
        printf("PAGES-OK %llu\n", pages);
    return bad != 0;
}

int main(int count, char **arguments)
{
    setvbuf(stdout, 0, _IOLBF, 0);
    if (count < 4)
    {
        fprintf(stderr, "usage: swap-pages PAGES ROUNDS COMMAND...\n");
        return 2;
    }

    if (mlockall(MCL_CURRENT) != 0)
    {
        perror("mlockall");
        return 2;
    }

    pid_t child = fork();
    if (child == 0)
        exit(work(strtoull(arguments[1], 0, 10), strtoull(arguments[2], 0, 10)));

    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
    {
        perror("fork");
        return 2;
    }

    printf(WIFSIGNALED(status) ? "=== signal %d\n" : "=== exit %d\n", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
    execv(arguments[3], arguments + 3);
    perror(arguments[3]);
    return 2;
}
