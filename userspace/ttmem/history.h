/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a figure has been. A step for each change: nothing is added while nothing happens.
 */
#ifndef TTMEM_HISTORY_H
#define TTMEM_HISTORY_H

#include <stddef.h>
#include <stdint.h>

#define HISTORY_STEPS	512

/**
 * struct history - the last values of a figure
 * @values: a ring
 * @nr: how many there have ever been
 */
struct history {
	uint64_t values[HISTORY_STEPS];
	size_t nr;
};

/* A value that is as the last one is no step. */
void history_add(struct history *history, uint64_t value);
/* How many steps are kept. */
size_t history_len(const struct history *history);
/* A step; 0 is the oldest one that is kept. */
uint64_t history_value(const struct history *history, size_t step);
uint64_t history_max(const struct history *history);

/*
 * How much of a row of a plot is filled at a value, in @levels of the row. Rows are counted from
 * the bottom, and @top is the value that fills all of them. What is more than nothing fills
 * something.
 */
unsigned int plot_fill(uint64_t value, uint64_t top, unsigned int row, unsigned int rows,
		       unsigned int levels);

#endif /* TTMEM_HISTORY_H */
