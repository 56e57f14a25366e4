/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one table of pools, and the figures that each of them shows.
 *
 * A new pool is one line in the table, its number in the uapi header and its entries in
 * Documentation/ABI: attributes, mem/stat and the checks of a report follow from the table.
 */
#ifndef TTMEM_POOLS_H
#define TTMEM_POOLS_H

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/types.h>
#include <linux/ttmem.h>

/* What a pool is cut from. */
enum ttmem_memory {
	TTMEM_MEMORY_L1,
	TTMEM_MEMORY_DRAM,
	TTMEM_NR_MEMORIES,
};

/* Shown as mem/<pool>_<figure>, in this order; Documentation/ABI defines each of them. */
enum ttmem_figure {
	TTMEM_USED,
	TTMEM_FREE,
	TTMEM_TOTAL,
	TTMEM_NOMINAL,
	TTMEM_ALLOCATABLE,
	TTMEM_RESERVED,
	TTMEM_LARGEST_FREE,
	TTMEM_PEAK,
	TTMEM_BANKS,
	TTMEM_ALLOC_FAILURES,
	TTMEM_HIGH,
	TTMEM_NR_FIGURES,
};

/*
 * MAIN: has what the other pools leave of its memory, and speaks for that memory's capacity.
 * REGION: a part of its memory that the runtime sets aside; its total is the size of that part.
 * ALIAS: lives inside another pool's bytes, so that only what it takes can be said.
 */
#define TTMEM_FIGURES_MAIN	(BIT(TTMEM_NR_FIGURES) - 1)
#define TTMEM_FIGURES_ALIAS	(BIT(TTMEM_USED) | BIT(TTMEM_PEAK) | BIT(TTMEM_ALLOC_FAILURES) | \
				 BIT(TTMEM_HIGH))
#define TTMEM_FIGURES_REGION	(TTMEM_FIGURES_ALIAS | BIT(TTMEM_FREE) | BIT(TTMEM_TOTAL) | \
				 BIT(TTMEM_LARGEST_FREE) | BIT(TTMEM_BANKS))

/**
 * struct ttmem_pool_info - a line of the table of pools
 * @name: prefix of its attributes
 * @memory: what it is cut from
 * @figures: bits of &enum ttmem_figure that make sense for it
 */
struct ttmem_pool_info {
	const char *name;
	enum ttmem_memory memory;
	unsigned int figures;
};

static const struct ttmem_pool_info ttmem_pools[] = {
	[TTMEM_POOL_L1]		= { "l1",	TTMEM_MEMORY_L1,	TTMEM_FIGURES_MAIN },
	[TTMEM_POOL_L1_SMALL]	= { "l1_small",	TTMEM_MEMORY_L1,	TTMEM_FIGURES_REGION },
	[TTMEM_POOL_CB]		= { "cb",	TTMEM_MEMORY_L1,	TTMEM_FIGURES_ALIAS },
	[TTMEM_POOL_DRAM]	= { "dram",	TTMEM_MEMORY_DRAM,	TTMEM_FIGURES_MAIN },
	[TTMEM_POOL_TRACE]	= { "trace",	TTMEM_MEMORY_DRAM,	TTMEM_FIGURES_REGION },
};

#define TTMEM_NR_POOLS	ARRAY_SIZE(ttmem_pools)

static inline bool ttmem_pool_shows(enum ttmem_pool pool, enum ttmem_figure figure)
{
	return ttmem_pools[pool].figures & BIT(figure);
}

/* A pool with a region of its own: all but aliases. */
static inline bool ttmem_pool_has_region(enum ttmem_pool pool)
{
	return ttmem_pool_shows(pool, TTMEM_TOTAL);
}

#endif /* TTMEM_POOLS_H */
