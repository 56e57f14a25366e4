// SPDX-License-Identifier: GPL-2.0-only
#ifndef __CHECKER__
#define CREATE_TRACE_POINTS
#endif
#include "trace.h"
#include "seat.h"

/* For ttmem_trace_usage(), while somebody traces. */
void ttmem_trace_pools(const struct ttmem_seat *seat, u64 client, unsigned int pools)
{
	u64 used;
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		if (!(pools & BIT(pool)))
			continue;
		ttmem_ledger_figure(&seat->chip->ledger, pool, TTMEM_USED, &used);
		trace_ttmem_usage(seat->chip, client, pool,
				  seat->account.pools[pool].held.used, used);
	}
}

/**
 * ttmem_trace_geometry - what a chip is now
 * @chip: the chip
 * @client: number of the client that declared it or left, 0 if it was the administrator
 *
 * Context: under &ttmem_gateway.books_lock.
 */
void ttmem_trace_geometry(struct ttmem_chip *chip, u64 client)
{
	u64 l1 = 0, dram = 0;
	u32 source;

	if (!trace_ttmem_geometry_enabled())
		return;
	source = ttmem_ledger_source(&chip->ledger);
	if (ttmem_ledger_geometry(&chip->ledger)) {
		ttmem_ledger_figure(&chip->ledger, TTMEM_POOL_L1, TTMEM_TOTAL, &l1);
		ttmem_ledger_figure(&chip->ledger, TTMEM_POOL_DRAM, TTMEM_TOTAL, &dram);
	}
	trace_ttmem_geometry(chip, client, source, l1, dram);
}
