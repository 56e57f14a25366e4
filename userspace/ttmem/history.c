// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a figure has been.
 */
#include "history.h"

void history_add(struct history *history, uint64_t value)
{
	if (history->nr && history_value(history, history_len(history) - 1) == value)
		return;
	history->values[history->nr++ % HISTORY_STEPS] = value;
}

size_t history_len(const struct history *history)
{
	return history->nr < HISTORY_STEPS ? history->nr : HISTORY_STEPS;
}

uint64_t history_value(const struct history *history, size_t step)
{
	return history->values[(history->nr - history_len(history) + step) % HISTORY_STEPS];
}

uint64_t history_max(const struct history *history)
{
	uint64_t max = 0, value;
	size_t i;

	for (i = 0; i < history_len(history); i++) {
		value = history_value(history, i);
		if (max < value)
			max = value;
	}
	return max;
}

unsigned int plot_fill(uint64_t value, uint64_t top, unsigned int row, unsigned int rows,
		       unsigned int levels)
{
	unsigned int filled;

	if (!value || !top)
		return 0;
	if (value > top)
		value = top;
	filled = (double)value / top * rows * levels + 0.5;
	if (!filled)
		filled = 1;
	if (filled <= row * levels)
		return 0;
	filled -= row * levels;
	return filled < levels ? filled : levels;
}
