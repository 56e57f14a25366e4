/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What of the changes in a ledger is worth telling userspace about.
 *
 * Pure code, as the ledger. Events are what differs from what was told last, so that any number
 * of changes in between are one event, and none is told twice or lost.
 */
#ifndef TTMEM_EVENTS_H
#define TTMEM_EVENTS_H

#include <linux/types.h>

#include "ledger.h"

enum ttmem_event_kind {
	TTMEM_EVENT_HIGH,		/* usage of a pool has reached its mark */
	TTMEM_EVENT_NORMAL,		/* it is below again */
	TTMEM_EVENT_ALLOC_FAILED,	/* allocations from a pool have failed */
	TTMEM_EVENT_CAPACITY,		/* the total of a pool has changed, or is (un)known now */
	TTMEM_EVENT_MISMATCH,		/* a client differs from the administrator's word */
};

/* For each pool: high, normal, failed, capacity; and a mismatch. */
#define TTMEM_MAX_EVENTS	(4 * TTMEM_NR_POOLS + 1)

/**
 * struct ttmem_event - one event
 * @kind: what has happened
 * @pool: to which pool; not for %TTMEM_EVENT_MISMATCH
 * @total_known: @total is known
 * @used: what the pool shows as used
 * @total: what the pool shows as its total
 */
struct ttmem_event {
	enum ttmem_event_kind kind;
	enum ttmem_pool pool;
	bool total_known;
	u64 used;
	u64 total;
};

/**
 * struct ttmem_told - what userspace has been told of a chip
 * @pools: by pool: whether usage is above its mark, failed allocations, and the total
 * @mismatches: declarations that differed from the administrator's word
 */
struct ttmem_told {
	struct {
		bool high;
		bool total_known;
		u64 failures;
		u64 total;
	} pools[TTMEM_NR_POOLS];
	u64 mismatches;
};

bool ttmem_events_pending(struct ttmem_ledger *ledger, const struct ttmem_told *told);
unsigned int ttmem_events_take(struct ttmem_ledger *ledger, struct ttmem_told *told,
			       struct ttmem_event *events);

#endif /* TTMEM_EVENTS_H */
