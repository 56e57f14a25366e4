// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem top: what there is to be seen.
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "top.h"

#define NS_PER_S	1000000000ULL

const char *const pool_names[NR_POOLS] = {
	[POOL_L1] = "l1",
	[POOL_L1_SMALL] = "l1_small",
	[POOL_DRAM] = "dram",
	[POOL_TRACE] = "trace",
};

uint64_t figure(const struct ttmem_stat *stat, const char *name)
{
	uint64_t value;

	return ttmem_stat_u64(stat, name, &value) ? UNKNOWN : value;
}

uint64_t figure_of(const struct ttmem_stat *stat, const char *pool, const char *what)
{
	char *name = format("%s_%s", pool, what);
	uint64_t value = figure(stat, name);

	free(name);
	return value;
}

uint64_t age_of(const struct top *top, uint64_t then)
{
	uint64_t now;

	if (!then || then == UNKNOWN || tree_clock(&top->tree, &now) || then > now)
		return UNKNOWN;
	return (now - then) / NS_PER_S;
}

/* ---- what happens -------------------------------------------------------------------------- */

struct history *top_history(const struct bar *bar)
{
	return (struct history *)bar->chip->own + bar->pool;
}

static void remember(struct followed *chip)
{
	struct history *histories = chip->own;
	uint64_t used;
	int pool;

	for (pool = 0; pool < NR_POOLS; pool++) {
		used = figure_of(chip->stat, pool_names[pool], "used");
		if (used != UNKNOWN)
			history_add(&histories[pool], used);
	}
}

void top_event(void *ctx, enum follow_event event, struct followed *chip,
	       const struct ttmem_stat *before)
{
	struct top *top = ctx;

	(void)before;
	top->dirty = true;
	switch (event) {
	case FOLLOW_FOUND:
	case FOLLOW_ADDED:
		chip->own = calloc(NR_POOLS, sizeof(struct history));
		if (!chip->own)
			err(EX_FAILED, NULL);
		remember(chip);
		break;
	case FOLLOW_CHANGED:
		remember(chip);
		break;
	case FOLLOW_REMOVED:
		free(chip->own);
		break;
	case FOLLOW_FAILED:
		break;
	}
}

/* ---- bars ---------------------------------------------------------------------------------- */

static bool has_bar(const struct followed *chip, int pool)
{
	uint64_t total;

	if (pool == POOL_L1 || pool == POOL_DRAM)
		return true;
	total = figure_of(chip->stat, pool_names[pool], "total");
	return total && total != UNKNOWN;
}

static void add_bar(struct top *top, struct followed *chip, int pool)
{
	top->bars = reallocarray(top->bars, top->nr_bars + 1, sizeof(*top->bars));
	if (!top->bars)
		err(EX_FAILED, NULL);
	top->bars[top->nr_bars++] = (struct bar){ .chip = chip, .pool = pool };
}

void top_select(struct top *top, size_t bar)
{
	if (!top->nr_bars)
		return;
	if (bar >= top->nr_bars)
		bar = top->nr_bars - 1;
	top->selected = bar;
	free(top->selected_chip);
	top->selected_chip = copy_text(top->bars[bar].chip->name);
	top->selected_pool = top->bars[bar].pool;
}

static void look_at_chips(struct top *top)
{
	struct followed *chip;
	size_t i;
	int pool;

	top->nr_bars = 0;
	for (i = 0; i < top->follower.nr; i++) {
		chip = top->follower.chips[i];
		if (chip->error)
			add_bar(top, chip, -1);
		for (pool = 0; !chip->error && pool < NR_POOLS; pool++)
			if (has_bar(chip, pool))
				add_bar(top, chip, pool);
	}
	/* The bar that was selected may be at another place now, or have gone. */
	for (i = 0; top->selected_chip && i < top->nr_bars; i++)
		if (top->bars[i].pool == top->selected_pool &&
		    strcmp(top->bars[i].chip->name, top->selected_chip) == 0)
			top->selected = i;
	top_select(top, top->selected);
}

/* ---- all of it ----------------------------------------------------------------------------- */

static char *describe_failure(const struct top *top, const struct followed *chip, uint64_t when)
{
	const char *pool = ttmem_stat_str(chip->stat, "last_failure_pool");
	uint64_t asked = figure(chip->stat, "last_failure_bank_bytes");
	uint64_t age = age_of(top, when), failures;
	char *size, *ago, *text;

	if (!pool)
		return NULL;
	failures = figure_of(chip->stat, pool, "alloc_failures");
	size = asked == UNKNOWN ? format("some memory") : format_bytes(asked);
	ago = age == UNKNOWN ? format("at some time") : format_age(age);
	text = format("%s: an allocation of %s a bank of %s failed %s%s", chip->name, size, pool,
		      ago, age == UNKNOWN ? "" : " ago");
	free(size);
	free(ago);
	if (failures != UNKNOWN && failures > 1) {
		size = text;
		text = format("%s, %" PRIu64 " in all", size, failures);
		free(size);
	}
	return text;
}

/* The last one of all chips. */
static void look_at_failures(struct top *top)
{
	const struct followed *last = NULL;
	uint64_t when, last_when = 0;
	size_t i;

	for (i = 0; i < top->follower.nr; i++) {
		if (top->follower.chips[i]->error)
			continue;
		when = figure(top->follower.chips[i]->stat, "last_failure_ns");
		if (when == UNKNOWN || when < last_when)
			continue;
		last = top->follower.chips[i];
		last_when = when;
	}
	free(top->failure);
	top->failure = last ? describe_failure(top, last, last_when) : NULL;
}

void top_look(struct top *top)
{
	look_at_chips(top);
	look_at_clients(top);
	look_at_failures(top);
	top->looked = time(NULL);
	top->dirty = false;
}

void top_free(struct top *top)
{
	size_t i;

	for (i = 0; i < top->follower.nr; i++)
		free(top->follower.chips[i]->own);
	forget_clients(top);
	free(top->clients);
	free(top->bars);
	free(top->selected_chip);
	free(top->failure);
}
