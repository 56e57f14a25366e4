// SPDX-License-Identifier: GPL-2.0-only
#include "events.h"

/* Only memories have a capacity of their own that somebody could wait for. */
static bool capacity_differs(struct ttmem_ledger *ledger, const struct ttmem_told *told,
			     int pool, u64 *total, bool *known)
{
	if (!ttmem_pool_shows(pool, TTMEM_NOMINAL))
		return false;
	*known = ttmem_ledger_figure(ledger, pool, TTMEM_TOTAL, total);
	return *known != told->pools[pool].total_known ||
	       (*known && *total != told->pools[pool].total);
}

/**
 * ttmem_events_pending - is there anything to tell?
 * @ledger: the books of the chip
 * @told: what has been told
 */
bool ttmem_events_pending(struct ttmem_ledger *ledger, const struct ttmem_told *told)
{
	const struct ttmem_pool_books *books;
	bool known;
	u64 total;
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		books = &ledger->pools[pool];
		if (books->failures != told->pools[pool].failures ||
		    ttmem_ledger_is_high(ledger, pool) != told->pools[pool].high ||
		    (books->crossed && !told->pools[pool].high) ||
		    capacity_differs(ledger, told, pool, &total, &known))
			return true;
	}
	return ledger->mismatches != told->mismatches;
}

static struct ttmem_event pool_event(struct ttmem_ledger *ledger, enum ttmem_pool pool,
				     enum ttmem_event_kind kind)
{
	struct ttmem_event event = { .kind = kind, .pool = pool };

	ttmem_ledger_figure(ledger, pool, TTMEM_USED, &event.used);
	if (ttmem_pool_has_region(pool))
		event.total_known = ttmem_ledger_figure(ledger, pool, TTMEM_TOTAL, &event.total);
	return event;
}

/*
 * Usage that rose above its mark and fell again since the last time is two events. Nobody has
 * crossed the mark if usage is only cut less than before, because the chip's capacity is another.
 */
static unsigned int take_high(struct ttmem_ledger *ledger, struct ttmem_told *told, int pool,
			      struct ttmem_event *events)
{
	struct ttmem_pool_books *books = &ledger->pools[pool];
	bool high = ttmem_ledger_is_high(ledger, pool);
	unsigned int n = 0;

	if ((books->crossed || high) && !told->pools[pool].high) {
		events[n++] = pool_event(ledger, pool, TTMEM_EVENT_HIGH);
		told->pools[pool].high = true;
	}
	if (!high && told->pools[pool].high) {
		events[n++] = pool_event(ledger, pool, TTMEM_EVENT_NORMAL);
		told->pools[pool].high = false;
	}
	books->crossed = false;
	return n;
}

/**
 * ttmem_events_take - what is to be told now
 * @ledger: the books of the chip
 * @told: what has been told; brought up to date
 * @events: room for %TTMEM_MAX_EVENTS
 *
 * Return: the number of events.
 */
unsigned int ttmem_events_take(struct ttmem_ledger *ledger, struct ttmem_told *told,
			       struct ttmem_event *events)
{
	unsigned int n = 0;
	bool known;
	u64 total;
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		n += take_high(ledger, told, pool, &events[n]);
		if (ledger->pools[pool].failures != told->pools[pool].failures) {
			events[n++] = pool_event(ledger, pool, TTMEM_EVENT_ALLOC_FAILED);
			told->pools[pool].failures = ledger->pools[pool].failures;
		}
		if (capacity_differs(ledger, told, pool, &total, &known)) {
			events[n++] = pool_event(ledger, pool, TTMEM_EVENT_CAPACITY);
			told->pools[pool].total_known = known;
			told->pools[pool].total = total;
		}
	}
	if (ledger->mismatches != told->mismatches) {
		events[n++] = (struct ttmem_event) { .kind = TTMEM_EVENT_MISMATCH };
		told->mismatches = ledger->mismatches;
	}
	return n;
}
