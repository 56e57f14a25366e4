// SPDX-License-Identifier: GPL-2.0-only
/* The bank allocator against a naive one, and one by one what it promises. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bank_alloc.h"

#define ALIGN	32
#define BASE	(7 * ALIGN)
#define UNITS	96

/* The model: what each unit of the range belongs to, 0 for nobody. */
struct model {
	unsigned int owner[UNITS];
	enum bank_fit fit;
};

static unsigned int run_length(const struct model *model, unsigned int start)
{
	unsigned int n = 0;

	while (start + n < UNITS && !model->owner[start + n])
		n++;
	return n;
}

/* First unit of where @units should go, UNITS if nowhere. */
static unsigned int model_place(const struct model *model, unsigned int units, enum bank_end end)
{
	unsigned int start, n, best = UNITS, best_n = 0;
	bool better;

	for (start = 0; start < UNITS; start += n ? n : 1) {
		n = run_length(model, start);
		if (n < units)
			continue;
		better = best == UNITS;
		if (model->fit == FIT_BEST)
			better |= end == FROM_TOP ? n <= best_n : n < best_n;
		else
			better |= end == FROM_TOP;
		if (better) {
			best = start;
			best_n = n;
		}
	}
	return best < UNITS && end == FROM_TOP ? best + best_n - units : best;
}

static void check_against(const struct bank_alloc *alloc, const struct model *model)
{
	unsigned int unit, n, used = 0, largest = 0;
	const struct bank_block *block, *last = NULL;
	__u64 address = BASE;
	struct bank_stats stats;

	for (unit = 0; unit < UNITS; unit++) {
		used += !!model->owner[unit];
		n = run_length(model, unit);
		largest = n > largest ? n : largest;
	}
	bank_alloc_stats(alloc, &stats);
	assert_int_equal(stats.allocatable, UNITS * ALIGN);
	assert_int_equal(stats.allocated, used * ALIGN);
	assert_int_equal(stats.free, (UNITS - used) * ALIGN);
	assert_int_equal(stats.largest_free, largest * ALIGN);

	TAILQ_FOREACH(block, &alloc->blocks, link) {
		assert_int_equal(block->address, address);
		assert_true(block->bytes && block->bytes % ALIGN == 0);
		assert_false(last && !last->used && !block->used);
		address += block->bytes;
		last = block;
	}
	assert_int_equal(address, BASE + UNITS * ALIGN);
}

static void model_set(struct model *model, unsigned int start, unsigned int units,
		      unsigned int owner)
{
	while (units--)
		model->owner[start++] = owner;
}

static void one_get(struct bank_alloc *alloc, struct model *model, unsigned int owner)
{
	unsigned int units = 1 + rand() % (rand() % 4 ? 8 : 40), start;
	enum bank_end end = rand() % 2 ? FROM_TOP : FROM_BOTTOM;
	__u64 address = 0;
	int err;

	err = bank_alloc_get(alloc, units * ALIGN - rand() % ALIGN, end, &address);
	start = model_place(model, units, end);
	if (start == UNITS) {
		assert_int_equal(err, -ENOSPC);
		return;
	}
	assert_int_equal(err, 0);
	assert_int_equal(address, BASE + start * ALIGN);
	model_set(model, start, units, owner);
}

/* Free at a random unit, which need not be where an allocation begins. */
static void one_put(struct bank_alloc *alloc, struct model *model)
{
	unsigned int unit = rand() % UNITS, owner = model->owner[unit], n = 0;
	int err;

	err = bank_alloc_put(alloc, BASE + unit * ALIGN);
	if (!owner || (unit && model->owner[unit - 1] == owner)) {
		assert_int_equal(err, -ENOENT);
		return;
	}
	assert_int_equal(err, 0);
	while (unit + n < UNITS && model->owner[unit + n] == owner)
		n++;
	model_set(model, unit, n, 0);
}

static void random_operations(enum bank_fit fit)
{
	struct model model = { .fit = fit };
	struct bank_alloc alloc;
	unsigned int i;

	srand(20260101 + fit);
	assert_int_equal(bank_alloc_init(&alloc, BASE, UNITS * ALIGN, ALIGN, fit), 0);
	for (i = 1; i <= 20000; i++) {
		if (rand() % 5 < 2)
			one_get(&alloc, &model, i);
		else
			one_put(&alloc, &model);
		check_against(&alloc, &model);
	}
	bank_alloc_exit(&alloc);
}

static void first_fit_like_model(void **state)
{
	(void)state;
	random_operations(FIT_FIRST);
}

static void best_fit_like_model(void **state)
{
	(void)state;
	random_operations(FIT_BEST);
}

static __u64 get(struct bank_alloc *alloc, __u64 bytes, enum bank_end end)
{
	__u64 address;

	assert_int_equal(bank_alloc_get(alloc, bytes, end, &address), 0);
	return address;
}

static void ends_and_alignment(void **state)
{
	struct bank_alloc alloc;
	struct bank_stats stats;

	(void)state;
	assert_int_equal(bank_alloc_init(&alloc, 1024, 1024, 64, FIT_FIRST), 0);
	assert_int_equal(bank_alloc_lowest(&alloc), ~0ULL);
	assert_int_equal(get(&alloc, 1, FROM_TOP), 2048 - 64);
	assert_int_equal(get(&alloc, 65, FROM_TOP), 2048 - 3 * 64);
	assert_int_equal(bank_alloc_lowest(&alloc), 2048 - 3 * 64);
	assert_int_equal(get(&alloc, 64, FROM_BOTTOM), 1024);
	assert_int_equal(bank_alloc_lowest(&alloc), 1024);
	bank_alloc_stats(&alloc, &stats);
	assert_int_equal(stats.allocated, 4 * 64);
	assert_int_equal(stats.largest_free, 12 * 64);
	bank_alloc_exit(&alloc);

	assert_int_equal(bank_alloc_init(&alloc, 1000, 1024, 64, FIT_FIRST), -EINVAL);
	assert_int_equal(bank_alloc_init(&alloc, 1024, 1000, 64, FIT_FIRST), -EINVAL);
	assert_int_equal(bank_alloc_init(&alloc, 1024, 1024, 0, FIT_FIRST), -EINVAL);
}

/* Holes of 3 and of 2 units: best fit takes the second one, first fit from the bottom the first. */
static void best_and_first(void **state)
{
	enum bank_fit fit;

	(void)state;
	for (fit = FIT_FIRST; fit <= FIT_BEST; fit++) {
		__u64 large, small, expected;
		struct bank_alloc alloc;

		assert_int_equal(bank_alloc_init(&alloc, 0, 32 * 32, 32, fit), 0);
		large = get(&alloc, 3 * 32, FROM_BOTTOM);
		get(&alloc, 32, FROM_BOTTOM);
		small = get(&alloc, 2 * 32, FROM_BOTTOM);
		get(&alloc, 32, FROM_BOTTOM);
		assert_int_equal(bank_alloc_put(&alloc, large), 0);
		assert_int_equal(bank_alloc_put(&alloc, small), 0);
		expected = fit == FIT_BEST ? small : large;
		assert_int_equal(get(&alloc, 2 * 32, FROM_BOTTOM), expected);
		bank_alloc_exit(&alloc);
	}
}

static void fragmentation_and_coalescing(void **state)
{
	struct bank_alloc alloc;
	struct bank_stats stats;
	__u64 blocks[8], address;
	unsigned int i;

	(void)state;
	assert_int_equal(bank_alloc_init(&alloc, 0, 8 * 32, 32, FIT_FIRST), 0);
	for (i = 0; i < 8; i++)
		blocks[i] = get(&alloc, 32, FROM_TOP);
	assert_int_equal(bank_alloc_get(&alloc, 1, FROM_TOP, &address), -ENOSPC);

	for (i = 0; i < 8; i += 2)
		assert_int_equal(bank_alloc_put(&alloc, blocks[i]), 0);
	bank_alloc_stats(&alloc, &stats);
	assert_int_equal(stats.free, 4 * 32);
	assert_int_equal(stats.largest_free, 32);
	assert_int_equal(bank_alloc_get(&alloc, 2 * 32, FROM_TOP, &address), -ENOSPC);

	for (i = 1; i < 8; i += 2)
		assert_int_equal(bank_alloc_put(&alloc, blocks[i]), 0);
	bank_alloc_stats(&alloc, &stats);
	assert_int_equal(stats.largest_free, 8 * 32);
	assert_int_equal(get(&alloc, 8 * 32, FROM_BOTTOM), 0);
	bank_alloc_exit(&alloc);
}

static void mistakes(void **state)
{
	struct bank_stats before, after;
	struct bank_alloc alloc;
	__u64 address;

	(void)state;
	assert_int_equal(bank_alloc_init(&alloc, 0, 1024, 32, FIT_BEST), 0);
	address = get(&alloc, 64, FROM_BOTTOM);
	get(&alloc, 64, FROM_BOTTOM);
	assert_int_equal(bank_alloc_put(&alloc, address), 0);
	bank_alloc_stats(&alloc, &before);

	assert_int_equal(bank_alloc_put(&alloc, address), -ENOENT);
	assert_int_equal(bank_alloc_put(&alloc, 64 + 32), -ENOENT);
	assert_int_equal(bank_alloc_put(&alloc, 1 << 20), -ENOENT);
	assert_int_equal(bank_alloc_get(&alloc, 0, FROM_TOP, &address), -EINVAL);
	assert_int_equal(bank_alloc_get(&alloc, ~0ULL, FROM_TOP, &address), -ENOSPC);

	bank_alloc_stats(&alloc, &after);
	assert_memory_equal(&before, &after, sizeof(before));
	bank_alloc_exit(&alloc);
}

static void pool_of_nothing(void **state)
{
	struct bank_alloc alloc;
	struct bank_stats stats;
	__u64 address;

	(void)state;
	assert_int_equal(bank_alloc_init(&alloc, 1024, 0, 32, FIT_FIRST), 0);
	bank_alloc_stats(&alloc, &stats);
	assert_int_equal(stats.allocatable, 0);
	assert_int_equal(stats.free, 0);
	assert_int_equal(stats.largest_free, 0);
	assert_int_equal(bank_alloc_get(&alloc, 1, FROM_TOP, &address), -ENOSPC);
	bank_alloc_exit(&alloc);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(first_fit_like_model),
		cmocka_unit_test(best_fit_like_model),
		cmocka_unit_test(ends_and_alignment),
		cmocka_unit_test(best_and_first),
		cmocka_unit_test(fragmentation_and_coalescing),
		cmocka_unit_test(mistakes),
		cmocka_unit_test(pool_of_nothing),
	};

	return cmocka_run_group_tests_name("bank_alloc", tests, NULL, NULL);
}
