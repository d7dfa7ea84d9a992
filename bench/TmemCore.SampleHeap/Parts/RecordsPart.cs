using System.Globalization;

namespace TmemCore.SampleHeap.Parts;

/// <summary>What an object mapper makes of rows: a tenant's customers by number, with addresses, orders and lines, each text a string of its own.</summary>
/// <param name="hasCatalogue">Whether the tenant's customers buy the same products, or none is bought twice.</param>
internal sealed class RecordsPart(bool hasCatalogue) : HeapPart
{
    /// <inheritdoc/>
    public override string Name => "records";

    /// <inheritdoc/>
    public override object Make(Random random, Vocabulary words)
    {
        var customers = new Dictionary<long, Customer>();
        long first = random.NextInt64(1_000_000_000);
        int count = Draw.Skewed(random, 5, 100);
        Product[] catalogue = hasCatalogue ? CatalogueOf(random, words) : [];
        for (int i = 0; i < count; i++)
        {
            first += random.Next(1, 30);
            customers.Add(first, CustomerOf(first, catalogue, random, words));
        }

        return customers;
    }

    private static Customer CustomerOf(long id, Product[] catalogue, Random random, Vocabulary words)
    {
        string firstName = Vocabulary.OneOf(Vocabulary.FirstNames, random);
        string lastName = Vocabulary.OneOf(Vocabulary.LastNames, random);
        var customer = new Customer
        {
            Id = id,
            Key = Draw.Identifier(random),
            FirstName = string.Concat(firstName.AsSpan(), []),
            LastName = string.Concat(lastName.AsSpan(), []),
            Email = string.Create(CultureInfo.InvariantCulture, $"{firstName.ToLowerInvariant()}.{lastName.ToLowerInvariant()}{random.Next(100)}@example.com"),
            Phone = string.Create(CultureInfo.InvariantCulture, $"+{random.Next(1, 99)} {random.Next(100, 999)} {random.Next(1_000_000, 9_999_999)}"),
            Home = new Address
            {
                Street = string.Create(CultureInfo.InvariantCulture, $"{words.Word(random)} street {random.Next(1, 200)}"),
                City = string.Concat(Vocabulary.OneOf(Vocabulary.Cities, random).AsSpan(), []),
                PostCode = random.Next(10_000, 99_999).ToString(CultureInfo.InvariantCulture),
            },
            Created = Draw.Moment(random),
            Balance = Draw.Skewed(random, 100, 1_000_000) / 100m,
            IsActive = random.Next(10) != 0,
        };
        int orders = Draw.Skewed(random, 1, 12);
        for (int i = 0; i < orders; i++)
        {
            customer.Orders.Add(OrderOf(catalogue, random, words));
        }

        return customer;
    }

    private static Order OrderOf(Product[] catalogue, Random random, Vocabulary words)
    {
        var order = new Order { Id = random.NextInt64(1_000_000_000), Placed = Draw.Moment(random), State = (OrderState)random.Next(4), Currency = "EUR" };
        int lines = Draw.Skewed(random, 1, 10);
        for (int i = 0; i < lines; i++)
        {
            order.Lines.Add(catalogue.Length == 0 ? LineOf(random, words) : LineOf(catalogue, random));
        }

        return order;
    }

    private static OrderLine LineOf(Random random, Vocabulary words) => new()
    {
        Product = Draw.Skewed(random, 1, 100_000),
        Title = TitleOf(random, words),
        Quantity = Draw.Skewed(random, 1, 20),
        Price = PriceOf(random),
    };

    // Some products sell far more often than others. A mapper reads the title anew with each line.
    private static OrderLine LineOf(Product[] catalogue, Random random)
    {
        Product product = catalogue[Draw.Skewed(random, 1, catalogue.Length + 1) - 1];
        return new OrderLine { Product = product.Id, Title = string.Concat(product.Title.AsSpan(), []), Quantity = Draw.Skewed(random, 1, 20), Price = product.Price };
    }

    private static Product[] CatalogueOf(Random random, Vocabulary words)
    {
        var products = new Product[Draw.Skewed(random, 20, 500)];
        for (int i = 0; i < products.Length; i++)
        {
            products[i] = new Product(Draw.Skewed(random, 1, 100_000), TitleOf(random, words), PriceOf(random));
        }

        return products;
    }

    private static string TitleOf(Random random, Vocabulary words) => $"{words.Word(random)} {words.Word(random)}";

    private static decimal PriceOf(Random random) => Draw.Skewed(random, 99, 50_000) / 100m;

    private readonly record struct Product(int Id, string Title, decimal Price);

    private enum OrderState
    {
        Placed,
        Paid,
        Sent,
        Returned,
    }

    private sealed record Customer
    {
        public required long Id { get; init; }
        public required Guid Key { get; init; }
        public required string FirstName { get; init; }
        public required string LastName { get; init; }
        public required string Email { get; init; }
        public required string Phone { get; init; }
        public required Address Home { get; init; }
        public required DateTime Created { get; init; }
        public required decimal Balance { get; init; }
        public required bool IsActive { get; init; }
        public List<Order> Orders { get; } = [];
    }

    private sealed record Address
    {
        public required string Street { get; init; }
        public required string City { get; init; }
        public required string PostCode { get; init; }
    }

    private sealed record Order
    {
        public required long Id { get; init; }
        public required DateTime Placed { get; init; }
        public required OrderState State { get; init; }
        public required string Currency { get; init; }
        public List<OrderLine> Lines { get; } = [];
    }

    private sealed record OrderLine
    {
        public required int Product { get; init; }
        public required string Title { get; init; }
        public required int Quantity { get; init; }
        public required decimal Price { get; init; }
    }
}
