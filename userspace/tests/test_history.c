// SPDX-License-Identifier: GPL-2.0-only
/*
 * What ttmem top remembers, and how much of a bar or plot it fills.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "../ttmem/history.h"

static void test_steps(void **state)
{
	static struct history history;
	size_t i;

	(void)state;
	assert_int_equal(history_len(&history), 0);
	assert_int_equal(history_max(&history), 0);
	history_add(&history, 0);
	history_add(&history, 0);
	assert_int_equal(history_len(&history), 1);
	history_add(&history, 5);
	history_add(&history, 5);
	history_add(&history, 0);
	assert_int_equal(history_len(&history), 3);
	assert_int_equal(history_value(&history, 0), 0);
	assert_int_equal(history_value(&history, 1), 5);
	assert_int_equal(history_value(&history, 2), 0);
	assert_int_equal(history_max(&history), 5);

	/* The oldest ones make room. */
	for (i = 0; i < HISTORY_STEPS; i++) {
		history_add(&history, 100 + i);
		assert_int_equal(history_len(&history),
				 i + 4 < HISTORY_STEPS ? i + 4 : HISTORY_STEPS);
	}
	assert_int_equal(history_value(&history, 0), 100);
	assert_int_equal(history_value(&history, HISTORY_STEPS - 1), 99 + HISTORY_STEPS);
	history_add(&history, 1);
	assert_int_equal(history_value(&history, 0), 101);
	assert_int_equal(history_value(&history, HISTORY_STEPS - 1), 1);
	assert_int_equal(history_max(&history), 99 + HISTORY_STEPS);
}

/* How much is filled of all rows together. */
static unsigned int fill(uint64_t value, uint64_t top, unsigned int rows, unsigned int levels)
{
	unsigned int row, filled, below = levels, sum = 0;

	for (row = 0; row < rows; row++) {
		filled = plot_fill(value, top, row, rows, levels);
		assert_in_range(filled, 0, levels);
		/* Nothing hangs in the air. */
		assert_true(!filled || below == levels);
		below = filled;
		sum += filled;
	}
	return sum;
}

static void test_plot(void **state)
{
	uint64_t value;

	(void)state;
	for (value = 0; value <= 32; value++) {
		assert_int_equal(fill(value, 32, 4, 8), value);
		assert_int_equal(fill(value << 50, 32ULL << 50, 4, 8), value);
		assert_int_equal(fill(value, 32, 32, 1), value);
	}
	/* Little is not nothing, and more than all is all. */
	assert_int_equal(fill(0, 1000, 4, 8), 0);
	assert_int_equal(fill(1, 1000, 4, 8), 1);
	assert_int_equal(fill(1, UINT64_MAX, 1, 1), 1);
	assert_int_equal(fill(999, 1000, 4, 8), 32);
	assert_int_equal(fill(2000, 1000, 4, 8), 32);
	assert_int_equal(fill(UINT64_MAX, 1, 4, 8), 32);
	assert_int_equal(fill(UINT64_MAX, UINT64_MAX, 300, 8), 2400);
	assert_int_equal(fill(5, 0, 4, 8), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),
		cmocka_unit_test(test_plot),
	};

	return cmocka_run_group_tests_name("ttmem top", tests, NULL, NULL);
}
