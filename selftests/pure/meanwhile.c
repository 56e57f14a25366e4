// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client writes to its ledger page while that is read. In a kernel it takes luck to see this;
 * here a test comes in between.
 */
#include <asm/barrier.h>

#include "books_kunit.h"

static struct ttmem_page_pool *page;
/* So often the client will write in the middle of a read. */
static unsigned int times;

static void update(u64 allocated)
{
	struct ttmem_page_pool *l1 = &page[TTMEM_POOL_L1];
	u32 next = l1->sequence + 1;

	l1->figures[next & 1] = (struct ttmem_page_figures) {
		.allocated_bytes = allocated,
		.largest_free_bytes = BANK - allocated,
		.peak_bytes = BANK,
	};
	l1->sequence = next;
}

/* The second update is in the slot that is being read. */
void pure_meanwhile(void)
{
	if (!times)
		return;
	times--;
	update(200 + times);
	update(300 + times);
}

static struct books *open_page(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	page = kunit_kzalloc(test, TTMEM_NR_POOLS * sizeof(*page), GFP_KERNEL);
	report_l1(books, &books->a, 5);
	ttmem_ledger_add_page(&books->ledger, &books->a, page);
	update(100);
	return books;
}

static int take(struct books *books)
{
	unsigned int pools = ttmem_account_news(&books->a);

	return ttmem_ledger_take_page(&books->ledger, &books->a, &pools, NOW);
}

static void what_changes_is_read_again(struct kunit *test)
{
	struct books *books = open_page(test);

	times = 1;
	KUNIT_EXPECT_EQ(test, take(books), 0);
	EXPECT_FIGURE(L1, USED, 300 * 64);
	EXPECT_FIGURE(L1, LARGEST_FREE, (BANK - 300) * 64);
}

static void who_never_pauses_is_not_waited_for(struct kunit *test)
{
	struct books *books = open_page(test);

	times = 1000;
	KUNIT_EXPECT_EQ(test, take(books), -EAGAIN);
	KUNIT_EXPECT_TRUE(test, times > 900);
	EXPECT_FIGURE(L1, USED, 5 * 64);
	/* It is news until it has been read. */
	times = 0;
	KUNIT_EXPECT_EQ(test, take(books), 0);
	KUNIT_EXPECT_TRUE(test, figure(books, TTMEM_POOL_L1, TTMEM_USED) > 300 * 64);
}

static struct kunit_case meanwhile_cases[] = {
	KUNIT_CASE(what_changes_is_read_again),
	KUNIT_CASE(who_never_pauses_is_not_waited_for),
	{}
};

static struct kunit_suite meanwhile_suite = {
	.name = "ttmem_meanwhile",
	.test_cases = meanwhile_cases,
};

kunit_test_suite(meanwhile_suite);
