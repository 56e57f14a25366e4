// SPDX-License-Identifier: GPL-2.0-only
#include "books_kunit.h"
#include "events.h"

struct telling {
	struct books *books;
	struct ttmem_told told;
	struct ttmem_event events[TTMEM_MAX_EVENTS];
	unsigned int number;
};

/* A chip about which nothing has been told. */
static struct telling *start_telling(struct kunit *test)
{
	struct telling *telling = kunit_kzalloc(test, sizeof(*telling), GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, telling);
	telling->books = open_wormhole(test);
	return telling;
}

/* Take what is to be told, which must agree with whether there is anything. */
static void take(struct kunit *test, struct telling *telling)
{
	struct ttmem_ledger *ledger = &telling->books->ledger;
	bool pending = ttmem_events_pending(ledger, &telling->told);

	telling->number = ttmem_events_take(ledger, &telling->told, telling->events);
	KUNIT_EXPECT_EQ(test, telling->number > 0, pending);
	KUNIT_EXPECT_FALSE(test, ttmem_events_pending(ledger, &telling->told));
}

#define EXPECT_EVENT(_index, _kind, _pool, _used)					\
	do {										\
		const struct ttmem_event *event = &telling->events[_index];		\
											\
		KUNIT_EXPECT_EQ(test, event->kind, TTMEM_EVENT_##_kind);		\
		KUNIT_EXPECT_EQ(test, event->pool, TTMEM_POOL_##_pool);			\
		KUNIT_EXPECT_EQ(test, event->used, (u64)(_used));			\
	} while (0)

static void nothing_to_tell(struct kunit *test)
{
	struct telling *telling = start_telling(test);

	take(test, telling);
	KUNIT_EXPECT_EQ(test, telling->number, 0u);
	/* Usage alone is no event. */
	report_l1(telling->books, &telling->books->a, 1000);
	take(test, telling);
	KUNIT_EXPECT_EQ(test, telling->number, 0u);
}

static void above_the_mark(struct kunit *test)
{
	struct telling *telling = start_telling(test);
	struct books *books = telling->books;

	ttmem_ledger_set_high(&books->ledger, TTMEM_POOL_L1, 64000);
	report_l1(books, &books->a, 999);
	take(test, telling);
	KUNIT_EXPECT_EQ(test, telling->number, 0u);
	/* To reach it is to cross it; to stay there is nothing new. */
	report_l1(books, &books->a, 1000);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 1u);
	EXPECT_EVENT(0, HIGH, L1, 64000);
	KUNIT_EXPECT_FALSE(test, telling->events[0].total_known);
	report_l1(books, &books->a, 2000);
	take(test, telling);
	KUNIT_EXPECT_EQ(test, telling->number, 0u);
	report_l1(books, &books->a, 10);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 1u);
	EXPECT_EVENT(0, NORMAL, L1, 640);
}

/* Up and down again between two looks: nobody saw it, but it happened. */
static void short_peak(struct kunit *test)
{
	struct telling *telling = start_telling(test);
	struct books *books = telling->books;

	ttmem_ledger_set_high(&books->ledger, TTMEM_POOL_L1, 64000);
	report_l1(books, &books->a, 1000);
	report_l1(books, &books->a, 1);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 2u);
	EXPECT_EVENT(0, HIGH, L1, 64);
	EXPECT_EVENT(1, NORMAL, L1, 64);
	/* Down and up again while it is known to be high changes nothing. */
	report_l1(books, &books->a, 1000);
	take(test, telling);
	report_l1(books, &books->a, 1);
	report_l1(books, &books->a, 1000);
	take(test, telling);
	KUNIT_EXPECT_EQ(test, telling->number, 0u);
}

static void moving_the_mark(struct kunit *test)
{
	struct telling *telling = start_telling(test);
	struct books *books = telling->books;

	report_l1(books, &books->a, 1000);
	ttmem_ledger_set_high(&books->ledger, TTMEM_POOL_L1, 64000);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 1u);
	EXPECT_EVENT(0, HIGH, L1, 64000);
	ttmem_ledger_set_high(&books->ledger, TTMEM_POOL_L1, 64001);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 1u);
	EXPECT_EVENT(0, NORMAL, L1, 64000);
	/* Off: whoever was told "high" is told that it is over. */
	ttmem_ledger_set_high(&books->ledger, TTMEM_POOL_L1, 1);
	take(test, telling);
	ttmem_ledger_set_high(&books->ledger, TTMEM_POOL_L1, 0);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 1u);
	EXPECT_EVENT(0, NORMAL, L1, 64000);
	/* A client that leaves takes its usage below the mark. */
	ttmem_ledger_set_high(&books->ledger, TTMEM_POOL_L1, 1);
	take(test, telling);
	ttmem_ledger_leave(&books->ledger, &books->a);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 1u);
	EXPECT_EVENT(0, NORMAL, L1, 0);
}

/* Any number of failures between two looks is one event. */
/* What was cut at the total is not cut any more when the total is unknown. */
static void a_mark_above_the_total(struct kunit *test)
{
	struct telling *telling = start_telling(test);
	struct books *books = telling->books;

	declare(books, &books->a, &n300);
	declare(books, &books->b, &n300);
	report_l1(books, &books->a, BANK);
	report_l1(books, &books->b, BANK);
	ttmem_ledger_set_high(&books->ledger, TTMEM_POOL_L1, N300_TOTAL + 1);
	take(test, telling);
	declare(books, &books->c, &galaxy);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 3u);
	EXPECT_EVENT(0, HIGH, L1, N300_NOMINAL);
	EXPECT_EVENT(1, CAPACITY, L1, N300_NOMINAL);
	ttmem_ledger_pin(&books->ledger, &n300);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 4u);
	EXPECT_EVENT(0, NORMAL, L1, N300_TOTAL);
	KUNIT_EXPECT_EQ(test, telling->events[3].kind, TTMEM_EVENT_MISMATCH);
}

static void failures(struct kunit *test)
{
	struct telling *telling = start_telling(test);
	struct books *books = telling->books;
	int i;

	for (i = 0; i < 5; i++)
		ttmem_ledger_fail(&books->ledger, NULL, TTMEM_POOL_DRAM, 1, 1);
	ttmem_ledger_fail(&books->ledger, NULL, TTMEM_POOL_L1, 1, 1);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 2u);
	EXPECT_EVENT(0, ALLOC_FAILED, L1, 0);
	EXPECT_EVENT(1, ALLOC_FAILED, DRAM, 0);
}

static void capacity(struct kunit *test)
{
	struct telling *telling = start_telling(test);
	struct books *books = telling->books;

	declare(books, &books->a, &n300);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 2u);
	EXPECT_EVENT(0, CAPACITY, L1, 0);
	EXPECT_EVENT(1, CAPACITY, DRAM, 0);
	KUNIT_EXPECT_TRUE(test, telling->events[0].total_known);
	KUNIT_EXPECT_EQ(test, telling->events[0].total, N300_TOTAL);
	/* The same word again, or the set-up of a region, is no news. */
	declare(books, &books->b, &n300);
	report_one(books, &books->a, TTMEM_POOL_L1_SMALL, 0, 64, 32768, 0, 0);
	take(test, telling);
	KUNIT_EXPECT_EQ(test, telling->number, 0u);
	/* Unknown is news. */
	declare(books, &books->b, &galaxy);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 2u);
	EXPECT_EVENT(0, CAPACITY, L1, 0);
	KUNIT_EXPECT_FALSE(test, telling->events[0].total_known);
	/* A change that is over before anybody looked is not. */
	declare(books, &books->b, &n300);
	declare(books, &books->b, &galaxy);
	take(test, telling);
	KUNIT_EXPECT_EQ(test, telling->number, 0u);
}

static void mismatches(struct kunit *test)
{
	struct telling *telling = start_telling(test);
	struct books *books = telling->books;

	ttmem_ledger_pin(&books->ledger, &n300);
	take(test, telling);
	declare(books, &books->a, &galaxy);
	take(test, telling);
	KUNIT_ASSERT_EQ(test, telling->number, 1u);
	KUNIT_EXPECT_EQ(test, telling->events[0].kind, TTMEM_EVENT_MISMATCH);
}

/* Everything at once fits the room that there is. */
static void everything_at_once(struct kunit *test)
{
	struct telling *telling = start_telling(test);
	struct books *books = telling->books;
	const u32 whole = TTMEM_REPORT_WHOLE_POOL;
	int pool;

	ttmem_ledger_pin(&books->ledger, &n300);
	declare(books, &books->a, &galaxy);
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		ttmem_ledger_set_high(&books->ledger, pool, 1);
		report_one(books, &books->a, pool, whole, 0, 0, 1, 0);
		report_one(books, &books->a, pool, whole, 0, 0, 0, 0);
		ttmem_ledger_fail(&books->ledger, NULL, pool, 1, 1);
	}
	take(test, telling);
	/* High, normal and failed of five pools, two capacities, a mismatch. */
	KUNIT_EXPECT_EQ(test, telling->number, 18u);
	KUNIT_EXPECT_LE(test, telling->number, (unsigned int)TTMEM_MAX_EVENTS);
}

static struct kunit_case events_cases[] = {
	KUNIT_CASE(nothing_to_tell),
	KUNIT_CASE(above_the_mark),
	KUNIT_CASE(short_peak),
	KUNIT_CASE(moving_the_mark),
	KUNIT_CASE(a_mark_above_the_total),
	KUNIT_CASE(failures),
	KUNIT_CASE(capacity),
	KUNIT_CASE(mismatches),
	KUNIT_CASE(everything_at_once),
	{}
};

static struct kunit_suite events_suite = {
	.name = "ttmem_events",
	.test_cases = events_cases,
};

kunit_test_suites(&events_suite);
