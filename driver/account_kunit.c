// SPDX-License-Identifier: GPL-2.0-only
#include "books_kunit.h"

static void absurd_entries(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	struct ttmem_account *a = &books->a;
	struct ttmem_account before;

	declare(books, a, &n300);
	report_l1(books, a, 1000);
	before = *a;

	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_NR_POOLS, 0, 64, 8, 0, 0), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, report_one(books, a, U32_MAX, 0, 64, 8, 0, 0), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 4, 64, 8, 0, 0), -EOPNOTSUPP);
	/* allocated > bank_bytes; largest_free beyond what is free */
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 64, 8, 9, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 64, 8, 4, 5), -EINVAL);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 64, 8, 8, U64_MAX), -EINVAL);
	/* A largest block of a pool of unknown size; bytes in no banks */
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 64, 0, 8, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 0, 8, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 0, 0, 1, 0), -EINVAL);
	/* Banks times bytes over 2^64 */
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 64, 1ULL << 58, 0, 0),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, U32_MAX, U64_MAX, U64_MAX, 0),
			-EOVERFLOW);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 2, 0, 1ULL << 63, 0),
			-EOVERFLOW);
	/* Beyond the chip: bytes, banks */
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 64, 1499137, 0, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 65, 8, 0, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_DRAM, 0, 13, 8, 0, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_DRAM, 0, 12, (1ULL << 30) + 1, 0, 0),
			-ERANGE);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, TTMEM_REPORT_WHOLE_POOL, 0, 0,
					 U64_MAX, 0), -ERANGE);

	KUNIT_EXPECT_EQ(test, memcmp(&before.pools[TTMEM_POOL_L1].held,
				     &a->pools[TTMEM_POOL_L1].held,
				     sizeof(struct ttmem_holding)), 0);
	EXPECT_FIGURE(L1, USED, 64000);
	EXPECT_FIGURE(L1, PEAK, 64000);
}

/* Each client is checked against its own word, or before it against the whole die. */
static void own_word_is_the_limit(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	declare(books, &books->a, &n300);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_L1, 0, 72, 8, 0, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->b, TTMEM_POOL_L1, 0, 72, 8, 0, 0), 0);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->b, TTMEM_POOL_L1, 0, 81, 8, 0, 0), -ERANGE);
	declare(books, &books->b, &galaxy);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->b, TTMEM_POOL_L1, 0, 80, 8, 0, 0), 0);
}

/* What was accepted is not checked again, unless the client says something else of the chip. */
static void a_new_word_is_a_new_limit(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	struct ttmem_account *a = &books->a;

	declare(books, a, &galaxy);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 80, 8, 1, 0), 0);
	declare(books, a, &n300);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 80, 8, 2, 0), -ERANGE);
	EXPECT_FIGURE(L1, USED, 80);
}

/* Whatever stands in an account for "not checked yet", no flag may. */
static void flags_that_nobody_knows(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	struct ttmem_account *a = &books->a;
	int bit;

	for (bit = 2; bit < 32; bit++)
		KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, BIT(bit), 0, 0, 0, 0),
				-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, U32_MAX, 0, 0, 0, 0),
			-EOPNOTSUPP);
	declare(books, a, &galaxy);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, 0, 80, 8, 1, 0), 0);
	declare(books, a, &n300);
	KUNIT_EXPECT_EQ(test, report_one(books, a, TTMEM_POOL_L1, U32_MAX, 80, 8, 2, 0),
			-EOPNOTSUPP);
	EXPECT_FIGURE(L1, USED, 80);
}

static void pools_of_one_report_fit_together(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	struct ttmem_report_entry entries[] = {
		{ 0, TTMEM_POOL_L1, 0, 64, 1499136 - 32768, 0, 0 },
		{ 0, TTMEM_POOL_L1_SMALL, 0, 64, 32768, 0, 0 },
		{ 0, TTMEM_POOL_DRAM, 0, 12, 1 << 30, 0, 0 },
	};

	declare(books, &books->a, &n300);
	KUNIT_EXPECT_EQ(test, report(books, &books->a, entries, ARRAY_SIZE(entries)), 0);
	EXPECT_FIGURE(L1, RESERVED, 0);
	entries[1].bank_bytes++;
	entries[2].allocated_bytes = 5;
	KUNIT_EXPECT_EQ(test, report(books, &books->a, entries, ARRAY_SIZE(entries)), -ERANGE);
	/* All of them or none. */
	EXPECT_FIGURE(DRAM, USED, 0);
	EXPECT_FIGURE(L1_SMALL, TOTAL, 64 * 32768);
	/* A pool twice. */
	entries[1] = entries[0];
	KUNIT_EXPECT_EQ(test, report(books, &books->a, entries, ARRAY_SIZE(entries)), -EINVAL);
	EXPECT_FIGURE(DRAM, USED, 0);
	/* Pools that are not named stay. */
	KUNIT_EXPECT_EQ(test, report(books, &books->a, &entries[2], 1), 0);
	EXPECT_FIGURE(DRAM, USED, 60);
	EXPECT_FIGURE(L1_SMALL, TOTAL, 64 * 32768);
}

static void banks_that_are_not_in_lockstep(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	const u32 whole = TTMEM_REPORT_WHOLE_POOL;

	declare(books, &books->a, &n300);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_L1, whole, 64, 1000,
					 12345, 500), 0);
	EXPECT_FIGURE(L1, USED, 12345);
	EXPECT_FIGURE(L1, ALLOCATABLE, 64000);
	EXPECT_FIGURE(L1, LARGEST_FREE, 32000);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_L1, whole, 64, 1000,
					 64001, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_L1, whole, 64, 1000,
					 32001, 500), -EINVAL);
	/* Used bytes are all that is known. */
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_L1, whole, 0, 0, 777, 0), 0);
	EXPECT_FIGURE(L1, USED, 777);
	EXPECT_FIGURE(L1, FREE, UNKNOWN);
	EXPECT_FIGURE(L1, BANKS, UNKNOWN);
}

static void circular_buffers_are_apart(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	const u32 whole = TTMEM_REPORT_WHOLE_POOL;

	declare(books, &books->a, &n300);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_CB, whole, 0, 0, 5000, 0), 0);
	report_l1(books, &books->a, 1000);
	EXPECT_FIGURE(CB, USED, 5000);
	EXPECT_FIGURE(L1, USED, 64000);
	/* They may overlap L1 buffers, so they need no room beside them. */
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_CB, whole, 0, 0,
					 N300_TOTAL, 0), 0);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_CB, whole, 0, 0,
					 N300_TOTAL + 1, 0), -ERANGE);
	EXPECT_FIGURE(CB, USED, N300_TOTAL);

	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_CB, 0, 0, 0, 5000, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_CB, whole, 64, 0, 5000, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_CB, whole, 0, 1, 5000, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_CB, whole, 0, 0, 5000, 1),
			-EINVAL);
}

/* ---- the ledger page ----------------------------------------------------------------------- */

static struct ttmem_page_pool *add_page(struct kunit *test, struct books *books)
{
	struct ttmem_page_pool *page = kunit_kzalloc(test, TTMEM_NR_POOLS * sizeof(*page),
						     GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, page);
	ttmem_ledger_add_page(&books->ledger, &books->a, page);
	return page;
}

static void put(struct ttmem_page_pool *pool, u64 allocated, u64 largest_free, u64 peak)
{
	struct ttmem_page_figures *figures = &pool->figures[++pool->sequence & 1];

	figures->allocated_bytes = allocated;
	figures->largest_free_bytes = largest_free;
	figures->peak_bytes = peak;
}

static int take(struct books *books)
{
	unsigned int pools = ttmem_account_news(&books->a);
	int ret;

	ret = ttmem_ledger_take_page(&books->ledger, &books->a, &pools, NOW);
	ttmem_ledger_watch(&books->ledger);
	return ret;
}

static void the_last_word_of_a_page(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	struct ttmem_page_pool *page;

	declare(books, &books->a, &n300);
	report_l1(books, &books->a, 5);
	page = add_page(test, books);
	KUNIT_EXPECT_EQ(test, take(books), 0);
	EXPECT_FIGURE(L1, USED, 320);
	put(&page[TTMEM_POOL_L1], 100, 7, 200);
	KUNIT_EXPECT_EQ(test, take(books), 0);
	EXPECT_FIGURE(L1, USED, 6400);
	EXPECT_FIGURE(L1, LARGEST_FREE, 448);
	EXPECT_FIGURE(L1, PEAK, 12800);
	report_l1(books, &books->a, 5);
	KUNIT_EXPECT_EQ(test, take(books), 0);
	EXPECT_FIGURE(L1, USED, 320);
	/* Only the slot that is valid counts. */
	page[TTMEM_POOL_L1].figures[(page[TTMEM_POOL_L1].sequence + 1) & 1].allocated_bytes = 9;
	KUNIT_EXPECT_EQ(test, take(books), 0);
	EXPECT_FIGURE(L1, USED, 320);
	ttmem_ledger_leave(&books->ledger, &books->a);
	EXPECT_FIGURE(L1, USED, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&books->ledger.pages));
}

/* Refused once, told again to who asks, and forgotten with the next good word. */
static void absurd_pages(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	struct ttmem_page_pool *page;

	report_l1(books, &books->a, 5);
	page = add_page(test, books);
	put(&page[TTMEM_POOL_L1], BANK + 1, 0, BANK + 1);
	KUNIT_EXPECT_EQ(test, take(books), -EINVAL);
	KUNIT_EXPECT_EQ(test, take(books), 0);
	ttmem_account_forget_refused(&books->a);
	KUNIT_EXPECT_EQ(test, take(books), -EINVAL);
	put(&page[TTMEM_POOL_L1], 10, 0, 9);
	KUNIT_EXPECT_EQ(test, take(books), -EINVAL);
	/* Nobody knows its banks. */
	put(&page[TTMEM_POOL_TRACE], 1, 0, 1);
	KUNIT_EXPECT_EQ(test, take(books), -EINVAL);
	EXPECT_FIGURE(L1, USED, 320);
	EXPECT_FIGURE(TRACE, USED, 0);
	put(&page[TTMEM_POOL_L1], 10, 0, 10);
	KUNIT_EXPECT_EQ(test, take(books), 0);
	ttmem_account_forget_refused(&books->a);
	KUNIT_EXPECT_EQ(test, take(books), -EINVAL);
	EXPECT_FIGURE(L1, USED, 640);
}

/* Whatever the bytes are, no sum is beyond the chip and none overflows. */
static void any_bytes(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	u64 random = 1, *words;
	struct ttmem_page_pool *page;
	unsigned int i, accepted = 0;

	declare(books, &books->a, &n300);
	report_l1(books, &books->a, 0);
	report_one(books, &books->a, TTMEM_POOL_CB, TTMEM_REPORT_WHOLE_POOL, 0, 0, 0, 0);
	report_one(books, &books->a, TTMEM_POOL_DRAM, 0, 12, 0, 0, 0);
	page = add_page(test, books);
	words = (u64 *)page;
	for (i = 0; i < 20000; i++) {
		random = random * 6364136223846793005ULL + 1442695040888963407ULL;
		/* Of any length, so that some are accepted. */
		words[i % (TTMEM_NR_POOLS * sizeof(*page) / 8)] = random >> (random >> 58);
		accepted += !take(books);
		KUNIT_ASSERT_TRUE(test, books->ledger.pools[TTMEM_POOL_L1].used <= 64 * BANK);
		KUNIT_ASSERT_TRUE(test, books->ledger.pools[TTMEM_POOL_CB].used <= N300_TOTAL);
		KUNIT_ASSERT_TRUE(test, books->ledger.pools[TTMEM_POOL_DRAM].used <= 12ULL << 30);
		KUNIT_ASSERT_TRUE(test, books->a.pools[TTMEM_POOL_L1].peak >=
				  books->a.pools[TTMEM_POOL_L1].held.used);
	}
	KUNIT_EXPECT_TRUE(test, accepted > 0 && accepted < i);
}

static struct kunit_case account_cases[] = {
	KUNIT_CASE(absurd_entries),
	KUNIT_CASE(own_word_is_the_limit),
	KUNIT_CASE(a_new_word_is_a_new_limit),
	KUNIT_CASE(flags_that_nobody_knows),
	KUNIT_CASE(pools_of_one_report_fit_together),
	KUNIT_CASE(banks_that_are_not_in_lockstep),
	KUNIT_CASE(circular_buffers_are_apart),
	KUNIT_CASE(the_last_word_of_a_page),
	KUNIT_CASE(absurd_pages),
	KUNIT_CASE(any_bytes),
	{}
};

static struct kunit_suite account_suite = {
	.name = "ttmem_account",
	.test_cases = account_cases,
};

kunit_test_suites(&account_suite);
