// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is true of the books of a chip, whatever its clients have said. It is worked out from the
 * accounts alone, by the words of Documentation/userspace-api.rst.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "books.h"

static bool figure(struct books *books, enum ttmem_pool pool, enum ttmem_figure which, u64 *value)
{
	if (ttmem_pool_shows(pool, which) &&
	    ttmem_ledger_figure(&books->ledger, pool, which, value))
		return true;
	*value = 0;
	return false;
}

static const struct ttmem_account_pool *joined(const struct books *books, int client, int pool)
{
	const struct ttmem_account *account = &books->accounts[client];

	return account->joined ? &account->pools[pool] : NULL;
}

/**
 * struct expected - what a pool has by the accounts
 * @used: the sum of what they hold
 * @sized: one of them knows how large the pool is
 * @region: the largest that one of them has
 * @largest_free: the smallest largest free block
 */
struct expected {
	u64 used;
	bool sized;
	u64 region;
	u64 largest_free;
};

static struct expected expect(const struct books *books, enum ttmem_pool pool)
{
	struct expected expected = { .largest_free = U64_MAX };
	const struct ttmem_account_pool *own;
	int i;

	for (i = 0; i < NR_CLIENTS; i++) {
		own = joined(books, i, pool);
		if (!own)
			continue;
		expected.used += own->held.used;
		if (!own->shape.sized)
			continue;
		expected.sized = true;
		expected.region = max(expected.region, own->shape.region);
		expected.largest_free = min(expected.largest_free, own->held.largest_free);
	}
	return expected;
}

/* What no figure of a pool's memory exceeds. */
static u64 ceiling(struct books *books, enum ttmem_pool pool)
{
	const struct ttmem_geometry *geometry = ttmem_ledger_geometry(&books->ledger);

	if (!geometry && !books->ledger.arch->name)
		return U64_MAX;
	return ttmem_geometry_capacity(geometry ? geometry : &books->ledger.arch->die,
				       ttmem_pools[pool].memory);
}

/* An account stays within the die, if that is known, whatever was declared since. */
static void check_account(struct books *books, const struct ttmem_account *account)
{
	const struct ttmem_arch_info *arch = books->ledger.arch;
	const struct ttmem_account_pool *own;
	u64 most;
	int pool;

	CHECK(!account->staged_pools && !account->staged_shapes && !account->staged_resets);
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		own = &account->pools[pool];
		most = arch->name ? ttmem_geometry_capacity(&arch->die, ttmem_pools[pool].memory) :
				    TTMEM_MAX_BYTES;
		CHECK(own->held.used <= most && own->shape.region <= most);
		CHECK(own->peak >= own->held.used);
		CHECK(own->shape.sized || !own->held.largest_free);
		CHECK(!own->shape.sized ||
		      own->held.used + own->held.largest_free <= own->shape.region);
	}
}

static void check_usage(struct books *books, enum ttmem_pool pool, const struct expected *expected)
{
	u64 used, peak, total, over = ttmem_ledger_oversubscribed(&books->ledger, pool);
	bool has_total = figure(books, pool, TTMEM_TOTAL, &total);

	CHECK(books->ledger.pools[pool].used == expected->used);
	CHECK(figure(books, pool, TTMEM_USED, &used));
	CHECK(used + over == expected->used);
	CHECK(used <= ceiling(books, pool));
	CHECK(!has_total || used <= total);
	CHECK(!over || used == (has_total ? total : ceiling(books, pool)));

	CHECK(figure(books, pool, TTMEM_PEAK, &peak));
	CHECK(peak >= used && peak <= ceiling(books, pool));
	CHECK(books->ledger.pools[pool].peak >= books->peaks[pool]);
	CHECK(books->ledger.pools[pool].peak >= expected->used);
	books->peaks[pool] = books->ledger.pools[pool].peak;
}

static void check_space(struct books *books, enum ttmem_pool pool, const struct expected *expected)
{
	u64 used, allocatable, space, largest, total, reserved;

	CHECK(figure(books, pool, TTMEM_USED, &used));
	if (!ttmem_pool_has_region(pool))
		return;
	CHECK(figure(books, pool, TTMEM_FREE, &space) == expected->sized);
	CHECK(figure(books, pool, TTMEM_LARGEST_FREE, &largest) == expected->sized);
	CHECK(figure(books, pool, TTMEM_BANKS, &total) == expected->sized);
	allocatable = min(expected->region, ceiling(books, pool));
	CHECK(space == (allocatable > used ? allocatable - used : 0));
	CHECK(largest == (expected->sized ? min(space, expected->largest_free) : 0));
	if (figure(books, pool, TTMEM_ALLOCATABLE, &total))
		CHECK(total == allocatable);
	if (figure(books, pool, TTMEM_RESERVED, &reserved)) {
		CHECK(figure(books, pool, TTMEM_TOTAL, &total));
		CHECK(reserved <= total - allocatable);
	}
}

static bool contradict(const struct ttmem_account *a, const struct ttmem_account *b)
{
	struct ttmem_geometry word = a->geometry;

	return a->declared && b->declared && !ttmem_geometry_merge(&word, &b->geometry);
}

/* Everybody agrees, unless two do not. */
static void check_geometry(struct books *books)
{
	enum ttmem_geometry_source source = ttmem_ledger_source(&books->ledger);
	bool conflict = false, declared = false;
	int i, j;

	for (i = 0; i < NR_CLIENTS; i++) {
		declared |= books->accounts[i].declared;
		for (j = 0; j < i; j++)
			conflict |= contradict(&books->accounts[i], &books->accounts[j]);
	}
	CHECK((source == TTMEM_GEOMETRY_PINNED) == books->ledger.pinned);
	if (source == TTMEM_GEOMETRY_PINNED)
		return;
	CHECK((source == TTMEM_GEOMETRY_CONFLICT) == conflict);
	CHECK(source != TTMEM_GEOMETRY_NONE || !declared);
}

/**
 * check_books - end the program unless the books are right
 * @books: a chip
 */
void check_books(struct books *books)
{
	struct expected expected;
	unsigned int clients = 0;
	int i, pool;

	for (i = 0; i < NR_CLIENTS; i++) {
		clients += books->accounts[i].joined;
		check_account(books, &books->accounts[i]);
	}
	CHECK(clients == books->ledger.clients);
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		expected = expect(books, pool);
		check_usage(books, pool, &expected);
		check_space(books, pool, &expected);
	}
	check_geometry(books);
}
