// SPDX-License-Identifier: GPL-2.0-only
#include "books_kunit.h"

static void nobody_reports(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	EXPECT_FIGURE(L1, USED, 0);
	EXPECT_FIGURE(L1, PEAK, 0);
	EXPECT_FIGURE(CB, USED, 0);
	EXPECT_FIGURE(L1, NOMINAL, N300_NOMINAL);
	EXPECT_FIGURE(DRAM, NOMINAL, 12ULL << 30);
	EXPECT_FIGURE(L1, TOTAL, UNKNOWN);
	EXPECT_FIGURE(L1, FREE, UNKNOWN);
	EXPECT_FIGURE(L1, ALLOCATABLE, UNKNOWN);
	EXPECT_FIGURE(L1, RESERVED, UNKNOWN);
	EXPECT_FIGURE(L1, LARGEST_FREE, UNKNOWN);
	EXPECT_FIGURE(L1, BANKS, UNKNOWN);
	EXPECT_FIGURE(L1_SMALL, TOTAL, UNKNOWN);
	EXPECT_FIGURE(TRACE, FREE, UNKNOWN);
}

static void future_chip_has_no_nominal(struct kunit *test)
{
	struct books *books = open_books(test, 0xf00d);

	EXPECT_FIGURE(L1, NOMINAL, UNKNOWN);
	EXPECT_FIGURE(DRAM, NOMINAL, UNKNOWN);
	KUNIT_EXPECT_EQ(test, report_l1(books, &books->a, 1024), 0);
	EXPECT_FIGURE(L1, USED, 64 * 1024);
	declare(books, &books->a, &n300);
	EXPECT_FIGURE(L1, TOTAL, N300_TOTAL);
	/* Nothing to compare with: still there is a bound. */
	KUNIT_EXPECT_EQ(test, report_one(books, &books->b, TTMEM_POOL_DRAM, 0, 1, 0,
					 TTMEM_MAX_BYTES, 0), 0);
	KUNIT_EXPECT_EQ(test, report_one(books, &books->b, TTMEM_POOL_DRAM, 0, 1, 0,
					 TTMEM_MAX_BYTES + 1, 0), -ERANGE);
}

/* The famous trap: 723.2 KiB is what one bank holds; the chip holds 45.2 MiB. */
static void banks_move_in_lockstep(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	declare(books, &books->a, &n300);
	KUNIT_EXPECT_EQ(test, report_l1(books, &books->a, 740544), 0);
	EXPECT_FIGURE(L1, USED, 64 * 740544);
	EXPECT_FIGURE(L1, ALLOCATABLE, 89307136);
	EXPECT_FIGURE(L1, FREE, 89307136 - 64 * 740544);
	EXPECT_FIGURE(L1, LARGEST_FREE, 64 * (BANK - 740544));
	EXPECT_FIGURE(L1, TOTAL, N300_TOTAL);
	EXPECT_FIGURE(L1, BANKS, 64);
}

static void reports_replace(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	int i;

	declare(books, &books->a, &n300);
	for (i = 0; i < 100; i++)
		KUNIT_EXPECT_EQ(test, report_l1(books, &books->a, 1000000), 0);
	EXPECT_FIGURE(L1, USED, 64000000);
	KUNIT_EXPECT_EQ(test, report_l1(books, &books->a, 32), 0);
	EXPECT_FIGURE(L1, USED, 2048);
	EXPECT_FIGURE(L1, PEAK, 64000000);
	KUNIT_EXPECT_EQ(test, books->ledger.clients, 1u);
	KUNIT_EXPECT_EQ(test, books->ledger.updated_ns, (u64)NOW);
}

static void usage_ends_with_its_owner(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	declare(books, &books->a, &n300);
	report_l1(books, &books->a, 1000);
	report_l1(books, &books->b, 500);
	EXPECT_FIGURE(L1, USED, 64 * 1500);
	ttmem_ledger_leave(&books->ledger, &books->a);
	EXPECT_FIGURE(L1, USED, 64 * 500);
	ttmem_ledger_leave(&books->ledger, &books->b);
	EXPECT_FIGURE(L1, USED, 0);
	EXPECT_FIGURE(L1, FREE, UNKNOWN);
	EXPECT_FIGURE(L1, LARGEST_FREE, UNKNOWN);
	EXPECT_FIGURE(L1, PEAK, 64 * 1500);
	EXPECT_FIGURE(L1, TOTAL, N300_TOTAL);
	KUNIT_EXPECT_EQ(test, books->ledger.clients, 0u);

	/* The peak of an idle chip restarts with the next client. */
	report_l1(books, &books->c, 10);
	EXPECT_FIGURE(L1, PEAK, 640);
}

/* A bridge's account may be dropped while its client is about to say more. */
static void dropped_between_staging_and_commit(struct kunit *test)
{
	struct ttmem_report_entry entry = {
		.pool = TTMEM_POOL_L1, .banks = 64, .bank_bytes = BANK, .allocated_bytes = 2000,
	};
	struct books *books = open_wormhole(test);

	declare(books, &books->a, &n300);
	KUNIT_EXPECT_FALSE(test, books->a.reported);
	report_l1(books, &books->a, 1000);
	KUNIT_EXPECT_TRUE(test, books->a.reported);
	report_one(books, &books->b, TTMEM_POOL_L1, 0, 56, 1200, 100, 500);
	KUNIT_EXPECT_EQ(test, ttmem_account_stage(&books->a, &entry, 1), 1);
	ttmem_ledger_drop(&books->ledger, &books->a);
	KUNIT_EXPECT_EQ(test, books->ledger.clients, 1u);
	EXPECT_FIGURE(L1, USED, 5600);
	EXPECT_FIGURE(L1, ALLOCATABLE, 56 * 1200);
	EXPECT_FIGURE(L1, LARGEST_FREE, 56 * 500);
	/* What its client has staged, and is compared with next, is still there. */
	KUNIT_EXPECT_EQ(test, books->a.staged_pools, BIT(TTMEM_POOL_L1));
	KUNIT_EXPECT_EQ(test, books->a.pools[TTMEM_POOL_L1].shape.banks, 64u);
	KUNIT_EXPECT_EQ(test, books->a.pools[TTMEM_POOL_L1].held.used, 0ull);
	ttmem_account_unstage(&books->a);
}

static void several_clients(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	declare(books, &books->a, &n300);
	report_one(books, &books->a, TTMEM_POOL_L1, 0, 64, 1000, 100, 900);
	report_one(books, &books->b, TTMEM_POOL_L1, 0, 56, 1200, 100, 500);
	report_one(books, &books->c, TTMEM_POOL_L1, 0, 64, 900, 0, 800);
	EXPECT_FIGURE(L1, USED, 6400 + 5600);
	EXPECT_FIGURE(L1, ALLOCATABLE, 56 * 1200);
	EXPECT_FIGURE(L1, BANKS, 56);
	EXPECT_FIGURE(L1, FREE, 56 * 1200 - 12000);
	EXPECT_FIGURE(L1, LARGEST_FREE, 56 * 500);

	/* Who set both extremes changes its mind, then leaves: the next one steps in. */
	report_one(books, &books->b, TTMEM_POOL_L1, 0, 56, 1100, 100, 1000);
	EXPECT_FIGURE(L1, ALLOCATABLE, 64 * 1000);
	EXPECT_FIGURE(L1, LARGEST_FREE, 64 * 800);
	ttmem_ledger_leave(&books->ledger, &books->a);
	EXPECT_FIGURE(L1, ALLOCATABLE, 56 * 1100);
	EXPECT_FIGURE(L1, BANKS, 56);
	ttmem_ledger_leave(&books->ledger, &books->b);
	EXPECT_FIGURE(L1, BANKS, 64);
	EXPECT_FIGURE(L1, USED, 0);
	EXPECT_FIGURE(L1, FREE, 64 * 900);
	/* Now only one is left, and what it cannot know is unknown. */
	report_one(books, &books->c, TTMEM_POOL_L1, 0, 64, 0, 7, 0);
	EXPECT_FIGURE(L1, USED, 448);
	EXPECT_FIGURE(L1, FREE, UNKNOWN);
	EXPECT_FIGURE(L1, ALLOCATABLE, UNKNOWN);
}

static void largest_free_is_at_most_free(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	declare(books, &books->a, &n300);
	report_one(books, &books->a, TTMEM_POOL_L1, 0, 64, 1000, 600, 400);
	report_one(books, &books->b, TTMEM_POOL_L1, 0, 64, 1000, 300, 700);
	EXPECT_FIGURE(L1, FREE, 6400);
	EXPECT_FIGURE(L1, LARGEST_FREE, 6400);
	report_one(books, &books->b, TTMEM_POOL_L1, 0, 64, 1000, 900, 100);
	EXPECT_FIGURE(L1, FREE, 0);
	EXPECT_FIGURE(L1, LARGEST_FREE, 0);
	KUNIT_EXPECT_EQ(test, ttmem_ledger_oversubscribed(&books->ledger, TTMEM_POOL_L1), 0ULL);
}

/* What clients say may be more than there is; what the chip shows never is. */
static void never_beyond_capacity(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	/* Nobody has declared: the whole die is the limit. */
	report_one(books, &books->a, TTMEM_POOL_L1, 0, 80, 1499136, 1499136, 0);
	report_one(books, &books->b, TTMEM_POOL_L1, 0, 80, 1499136, 1499136, 0);
	EXPECT_FIGURE(L1, USED, N300_NOMINAL);
	EXPECT_FIGURE(L1, PEAK, N300_NOMINAL);
	EXPECT_FIGURE(L1, TOTAL, UNKNOWN);
	KUNIT_EXPECT_EQ(test, ttmem_ledger_oversubscribed(&books->ledger, TTMEM_POOL_L1),
			N300_NOMINAL);

	declare(books, &books->c, &n300);
	EXPECT_FIGURE(L1, USED, N300_TOTAL);
	EXPECT_FIGURE(L1, PEAK, N300_TOTAL);
	EXPECT_FIGURE(L1, ALLOCATABLE, N300_TOTAL);
	EXPECT_FIGURE(L1, FREE, 0);
	KUNIT_EXPECT_EQ(test, ttmem_ledger_oversubscribed(&books->ledger, TTMEM_POOL_L1),
			2 * N300_NOMINAL - N300_TOTAL);
	ttmem_ledger_leave(&books->ledger, &books->a);
	ttmem_ledger_leave(&books->ledger, &books->b);
	EXPECT_FIGURE(L1, USED, 0);
	KUNIT_EXPECT_EQ(test, ttmem_ledger_oversubscribed(&books->ledger, TTMEM_POOL_L1), 0ULL);
}

static void regions_are_their_own_total(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	declare(books, &books->a, &n300);
	/* Not set up, as by default: that is known, and it is nothing. */
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_L1_SMALL, 0, 0, 0, 0, 0), 0);
	EXPECT_FIGURE(L1_SMALL, TOTAL, 0);
	EXPECT_FIGURE(L1_SMALL, FREE, 0);
	EXPECT_FIGURE(L1_SMALL, BANKS, 0);

	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_L1_SMALL, 0, 64, 32768,
					 1024, 31744), 0);
	EXPECT_FIGURE(L1_SMALL, TOTAL, 64 * 32768);
	EXPECT_FIGURE(L1_SMALL, USED, 64 * 1024);
	EXPECT_FIGURE(L1_SMALL, FREE, 64 * 31744);
	EXPECT_FIGURE(L1, USED, 0);
	/* Two clients' share of a region is cut at the region. */
	KUNIT_EXPECT_EQ(test, report_one(books, &books->b, TTMEM_POOL_L1_SMALL, 0, 64, 32768,
					 32768, 0), 0);
	EXPECT_FIGURE(L1_SMALL, USED, 64 * 32768);
	KUNIT_EXPECT_EQ(test, ttmem_ledger_oversubscribed(&books->ledger, TTMEM_POOL_L1_SMALL),
			64ULL * 1024);
}

static void reserved_is_in_no_allocator(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	declare(books, &books->a, &n300);
	report_one(books, &books->a, TTMEM_POOL_L1, 0, 64, 1000000, 0, 1000000);
	/* Nobody said whether there is an L1_SMALL. */
	EXPECT_FIGURE(L1, RESERVED, UNKNOWN);
	report_one(books, &books->a, TTMEM_POOL_L1_SMALL, 0, 64, 32768, 0, 32768);
	EXPECT_FIGURE(L1, RESERVED, N300_TOTAL - 64 * 1032768);
	report_one(books, &books->a, TTMEM_POOL_TRACE, 0, 0, 0, 0, 0);
	report_one(books, &books->a, TTMEM_POOL_DRAM, 0, 12, (1ULL << 30) - 4096, 0, 4096);
	EXPECT_FIGURE(DRAM, RESERVED, 12 * 4096);
}

static void clients_disagree(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	KUNIT_EXPECT_EQ(test, books->ledger.agreement, TTMEM_GEOMETRY_NONE);
	declare(books, &books->a, &n300);
	declare(books, &books->b, &n300);
	report_l1(books, &books->a, 1000);
	KUNIT_EXPECT_EQ(test, books->ledger.agreement, TTMEM_GEOMETRY_DECLARED);
	declare(books, &books->c, &galaxy);
	KUNIT_EXPECT_EQ(test, books->ledger.agreement, TTMEM_GEOMETRY_CONFLICT);
	EXPECT_FIGURE(L1, TOTAL, UNKNOWN);
	EXPECT_FIGURE(L1, RESERVED, UNKNOWN);
	EXPECT_FIGURE(L1, USED, 64000);

	/* It is over as soon as one of them changes its word, or leaves. */
	declare(books, &books->c, &n300);
	EXPECT_FIGURE(L1, TOTAL, N300_TOTAL);
	declare(books, &books->c, &galaxy);
	EXPECT_FIGURE(L1, TOTAL, UNKNOWN);
	ttmem_ledger_leave(&books->ledger, &books->c);
	EXPECT_FIGURE(L1, TOTAL, N300_TOTAL);
	KUNIT_EXPECT_EQ(test, books->ledger.agreement, TTMEM_GEOMETRY_DECLARED);

	/* The last word outlives who said it, until somebody else speaks. */
	ttmem_ledger_leave(&books->ledger, &books->a);
	ttmem_ledger_leave(&books->ledger, &books->b);
	EXPECT_FIGURE(L1, TOTAL, N300_TOTAL);
	declare(books, &books->c, &galaxy);
	EXPECT_FIGURE(L1, TOTAL, N300_NOMINAL);
}

static void unique_ids(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	struct ttmem_geometry with_id = n300;

	declare(books, &books->a, &n300);
	KUNIT_EXPECT_EQ(test, books->ledger.agreed.chip_uid, 0ULL);
	with_id.chip_uid = 42;
	declare(books, &books->b, &with_id);
	KUNIT_EXPECT_EQ(test, books->ledger.agreement, TTMEM_GEOMETRY_DECLARED);
	KUNIT_EXPECT_EQ(test, books->ledger.agreed.chip_uid, 42ULL);
	with_id.chip_uid = 43;
	declare(books, &books->c, &with_id);
	KUNIT_EXPECT_EQ(test, books->ledger.agreement, TTMEM_GEOMETRY_CONFLICT);

	/* Those who knew one go; the one who is left knows none. */
	ttmem_ledger_leave(&books->ledger, &books->c);
	KUNIT_EXPECT_EQ(test, books->ledger.agreed.chip_uid, 42ULL);
	ttmem_ledger_leave(&books->ledger, &books->b);
	KUNIT_EXPECT_EQ(test, books->ledger.agreement, TTMEM_GEOMETRY_DECLARED);
	KUNIT_EXPECT_EQ(test, books->ledger.agreed.chip_uid, 0ULL);
}

/* The administrator's word settles every conflict, and is taken back. */
static void pinned_geometry(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	ttmem_ledger_pin(&books->ledger, &n300);
	KUNIT_EXPECT_EQ(test, ttmem_ledger_source(&books->ledger), TTMEM_GEOMETRY_PINNED);
	KUNIT_EXPECT_EQ(test, books->ledger.clients, 0u);
	EXPECT_FIGURE(L1, TOTAL, N300_TOTAL);

	declare(books, &books->a, &n300);
	KUNIT_EXPECT_EQ(test, books->ledger.mismatches, 0ULL);
	declare(books, &books->b, &galaxy);
	KUNIT_EXPECT_EQ(test, books->ledger.mismatches, 1ULL);
	EXPECT_FIGURE(L1, TOTAL, N300_TOTAL);
	/* It is checked against its own word all the same, and cut at the administrator's. */
	KUNIT_EXPECT_EQ(test, report_one(books, &books->b, TTMEM_POOL_L1, 0, 80, 1499136,
					 1499136, 0), 0);
	EXPECT_FIGURE(L1, USED, N300_TOTAL);
	EXPECT_FIGURE(L1, ALLOCATABLE, N300_TOTAL);

	ttmem_ledger_pin(&books->ledger, NULL);
	EXPECT_FIGURE(L1, TOTAL, UNKNOWN);
	ttmem_ledger_leave(&books->ledger, &books->a);
	EXPECT_FIGURE(L1, TOTAL, N300_NOMINAL);
	/* Who differs already when the pin comes counts, too. */
	ttmem_ledger_pin(&books->ledger, &n300);
	KUNIT_EXPECT_EQ(test, books->ledger.mismatches, 2ULL);
}

static void peaks_of_clients(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	const u32 reset = TTMEM_REPORT_RESET_PEAK;

	report_l1(books, &books->a, 1000);
	report_l1(books, &books->b, 100);
	report_l1(books, &books->a, 10);
	KUNIT_EXPECT_EQ(test, books->a.pools[TTMEM_POOL_L1].peak, 64000ULL);
	KUNIT_EXPECT_EQ(test, books->b.pools[TTMEM_POOL_L1].peak, 6400ULL);
	KUNIT_EXPECT_EQ(test, books->a.pools[TTMEM_POOL_DRAM].peak, 0ULL);
	EXPECT_FIGURE(L1, PEAK, 64 * 1100);

	/* A client may reset its own peak, and no other. */
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_L1, reset, 64, BANK, 20, 0),
			0);
	KUNIT_EXPECT_EQ(test, books->a.pools[TTMEM_POOL_L1].peak, 1280ULL);
	KUNIT_EXPECT_EQ(test, books->b.pools[TTMEM_POOL_L1].peak, 6400ULL);
	EXPECT_FIGURE(L1, PEAK, 64 * 1100);
	report_l1(books, &books->a, 30);
	KUNIT_EXPECT_EQ(test, books->a.pools[TTMEM_POOL_L1].peak, 1920ULL);
	/* A pool that is not set up stays known to be empty, whatever the flag. */
	KUNIT_EXPECT_EQ(test, report_one(books, &books->a, TTMEM_POOL_TRACE, reset, 0, 0, 0, 0), 0);
	EXPECT_FIGURE(TRACE, TOTAL, 0);
}

static void failed_allocations(struct kunit *test)
{
	struct books *books = open_wormhole(test);
	const struct ttmem_last_failure *last = &books->ledger.last_failure;

	EXPECT_FIGURE(L1, ALLOC_FAILURES, 0);
	ttmem_ledger_fail(&books->ledger, NULL, TTMEM_POOL_DRAM, 4096, 5);
	EXPECT_FIGURE(DRAM, ALLOC_FAILURES, 1);
	EXPECT_FIGURE(L1, ALLOC_FAILURES, 0);
	KUNIT_EXPECT_FALSE(test, last->sized);

	/* What was asked for is of one bank; so is the largest block. */
	report_one(books, &books->a, TTMEM_POOL_L1, 0, 64, 1000, 400, 250);
	ttmem_ledger_fail(&books->ledger, &books->a, TTMEM_POOL_L1, 300, 7);
	EXPECT_FIGURE(L1, ALLOC_FAILURES, 1);
	KUNIT_EXPECT_EQ(test, last->pool, TTMEM_POOL_L1);
	KUNIT_EXPECT_EQ(test, last->bank_bytes, 300ULL);
	KUNIT_EXPECT_TRUE(test, last->sized);
	KUNIT_EXPECT_EQ(test, last->largest_free, 250ULL);
	KUNIT_EXPECT_EQ(test, last->ns, 7ULL);

	/* In a pool that has no banks there is no block, and nothing is divided by them. */
	report_one(books, &books->a, TTMEM_POOL_TRACE, 0, 0, 0, 0, 0);
	ttmem_ledger_fail(&books->ledger, &books->a, TTMEM_POOL_TRACE, 1, 8);
	KUNIT_EXPECT_TRUE(test, last->sized);
	KUNIT_EXPECT_EQ(test, last->largest_free, 0ULL);
}

static void refused_calls(struct kunit *test)
{
	struct books *books = open_wormhole(test);

	ttmem_ledger_reject(&books->ledger, 5);
	ttmem_ledger_reject(&books->ledger, 9);
	KUNIT_EXPECT_EQ(test, books->ledger.rejected, 2ULL);
	KUNIT_EXPECT_EQ(test, books->ledger.last_rejected_ns, 9ULL);
	KUNIT_EXPECT_EQ(test, books->ledger.updated_ns, 0ULL);
}

/* ---- random clients against a model that is too simple to be wrong ------------------------- */

#define MODEL_CLIENTS	12

static u32 next_random(u32 *state)
{
	*state = *state * 1664525 + 1013904223;
	return *state >> 8;
}

struct model {
	struct ttmem_ledger ledger;
	struct ttmem_account accounts[MODEL_CLIENTS];
};

static void compare_with_model(struct kunit *test, struct model *model, enum ttmem_pool pool)
{
	u64 used = 0, region = 0, largest = U64_MAX, value;
	const struct ttmem_account_pool *own;
	bool sized = false;
	int i;

	for (i = 0; i < MODEL_CLIENTS; i++) {
		own = &model->accounts[i].pools[pool];
		if (!model->accounts[i].joined)
			continue;
		used += own->held.used;
		if (!own->shape.sized)
			continue;
		sized = true;
		region = max(region, own->shape.region);
		largest = min(largest, own->held.largest_free);
	}
	region = min(region, N300_TOTAL);
	KUNIT_ASSERT_EQ(test, model->ledger.pools[pool].used, used);
	KUNIT_ASSERT_EQ(test, ttmem_ledger_figure(&model->ledger, pool, TTMEM_ALLOCATABLE, &value),
			sized);
	if (!sized)
		return;
	KUNIT_ASSERT_EQ(test, value, region);
	used = min(used, pool == TTMEM_POOL_L1 ? N300_TOTAL : region);
	KUNIT_ASSERT_TRUE(test, ttmem_ledger_figure(&model->ledger, pool, TTMEM_USED, &value));
	KUNIT_ASSERT_EQ(test, value, used);
	KUNIT_ASSERT_TRUE(test, ttmem_ledger_figure(&model->ledger, pool, TTMEM_LARGEST_FREE,
						    &value));
	KUNIT_ASSERT_EQ(test, value, min(largest, region > used ? region - used : 0));
}

static void model_step(struct model *model, u32 *random)
{
	struct ttmem_account *account = &model->accounts[next_random(random) % MODEL_CLIENTS];
	struct ttmem_report_entry entry = {
		.pool = next_random(random) % 2 ? TTMEM_POOL_L1 : TTMEM_POOL_L1_SMALL,
		.banks = 64,
		.bank_bytes = next_random(random) % 8 ? next_random(random) % 1499137 : 0,
	};

	if (account->joined && next_random(random) % 8 == 0) {
		ttmem_ledger_leave(&model->ledger, account);
		return;
	}
	if (entry.bank_bytes) {
		entry.allocated_bytes = next_random(random) % (entry.bank_bytes + 1);
		entry.largest_free_bytes = next_random(random) %
					   (entry.bank_bytes - entry.allocated_bytes + 1);
	}
	if (ttmem_account_stage(account, &entry, 1) != 1)
		ttmem_account_unstage(account);
	if (!account->joined)
		ttmem_ledger_join(&model->ledger, account);
	ttmem_ledger_commit(&model->ledger, account, NOW);
}

static void random_clients(struct kunit *test)
{
	struct model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	u32 random = 1;
	int i;

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, model);
	ttmem_ledger_init(&model->ledger, ttmem_arch_find(0x401e));
	for (i = 0; i < MODEL_CLIENTS; i++)
		ttmem_account_init(&model->accounts[i], model->ledger.arch);
	/* A client that stays, so that there is a total. */
	ttmem_ledger_join(&model->ledger, &model->accounts[0]);
	ttmem_ledger_declare(&model->ledger, &model->accounts[0], &n300);
	for (i = 0; i < 20000; i++) {
		model_step(model, &random);
		compare_with_model(test, model, TTMEM_POOL_L1);
		compare_with_model(test, model, TTMEM_POOL_L1_SMALL);
	}
}

static struct kunit_case ledger_cases[] = {
	KUNIT_CASE(nobody_reports),
	KUNIT_CASE(future_chip_has_no_nominal),
	KUNIT_CASE(banks_move_in_lockstep),
	KUNIT_CASE(reports_replace),
	KUNIT_CASE(usage_ends_with_its_owner),
	KUNIT_CASE(dropped_between_staging_and_commit),
	KUNIT_CASE(several_clients),
	KUNIT_CASE(largest_free_is_at_most_free),
	KUNIT_CASE(never_beyond_capacity),
	KUNIT_CASE(regions_are_their_own_total),
	KUNIT_CASE(reserved_is_in_no_allocator),
	KUNIT_CASE(clients_disagree),
	KUNIT_CASE(unique_ids),
	KUNIT_CASE(pinned_geometry),
	KUNIT_CASE(peaks_of_clients),
	KUNIT_CASE(failed_allocations),
	KUNIT_CASE(refused_calls),
	KUNIT_CASE(random_clients),
	{}
};

static struct kunit_suite ledger_suite = {
	.name = "ttmem_ledger",
	.test_cases = ledger_cases,
};

kunit_test_suites(&ledger_suite);
