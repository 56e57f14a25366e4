/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints ttmem:*. They carry totals, not differences, so that who loses one is not lost. A
 * chip is named by tt-kmd's number and, if it is remote, its index: chip=0 remote=0 is tt0.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM ttmem

#if !defined(TTMEM_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define TTMEM_TRACE_H

#include <linux/tracepoint.h>

#include "gateway.h"

struct ttmem_seat;

void ttmem_trace_geometry(struct ttmem_chip *chip, u64 client);

TRACE_EVENT(ttmem_usage,
	TP_PROTO(const struct ttmem_chip *chip, u64 client, unsigned int pool, u64 client_used,
		 u64 chip_used),
	TP_ARGS(chip, client, pool, client_used, chip_used),
	TP_STRUCT__entry(
		__field(u32, chip)
		__field(u32, remote)
		__field(u64, client)
		__array(char, pool, 16)
		__field(u64, client_used)
		__field(u64, chip_used)
	),
	TP_fast_assign(
		__entry->chip = chip->gateway->ordinal;
		__entry->remote = chip->index;
		__entry->client = client;
		strscpy(__entry->pool, ttmem_pools[pool].name, sizeof(__entry->pool));
		__entry->client_used = client_used;
		__entry->chip_used = chip_used;
	),
	TP_printk("chip=%u remote=%u client=%llu pool=%s client_used=%llu chip_used=%llu",
		  __entry->chip, __entry->remote, __entry->client, __entry->pool,
		  __entry->client_used, __entry->chip_used)
);

DECLARE_EVENT_CLASS(ttmem_client,
	TP_PROTO(const struct ttmem_chip *chip, u64 client, u32 clients),
	TP_ARGS(chip, client, clients),
	TP_STRUCT__entry(
		__field(u32, chip)
		__field(u32, remote)
		__field(u64, client)
		__field(u32, clients)
	),
	TP_fast_assign(
		__entry->chip = chip->gateway->ordinal;
		__entry->remote = chip->index;
		__entry->client = client;
		__entry->clients = clients;
	),
	TP_printk("chip=%u remote=%u client=%llu clients=%u", __entry->chip, __entry->remote,
		  __entry->client, __entry->clients)
);

DEFINE_EVENT(ttmem_client, ttmem_client_joined,
	TP_PROTO(const struct ttmem_chip *chip, u64 client, u32 clients),
	TP_ARGS(chip, client, clients)
);

DEFINE_EVENT(ttmem_client, ttmem_client_left,
	TP_PROTO(const struct ttmem_chip *chip, u64 client, u32 clients),
	TP_ARGS(chip, client, clients)
);

TRACE_EVENT(ttmem_geometry,
	TP_PROTO(const struct ttmem_chip *chip, u64 client, u32 source, u64 l1_total,
		 u64 dram_total),
	TP_ARGS(chip, client, source, l1_total, dram_total),
	TP_STRUCT__entry(
		__field(u32, chip)
		__field(u32, remote)
		__field(u64, client)
		__field(u32, source)
		__field(u64, l1_total)
		__field(u64, dram_total)
	),
	TP_fast_assign(
		__entry->chip = chip->gateway->ordinal;
		__entry->remote = chip->index;
		__entry->client = client;
		__entry->source = source;
		__entry->l1_total = l1_total;
		__entry->dram_total = dram_total;
	),
	TP_printk("chip=%u remote=%u client=%llu source=%s l1_total=%llu dram_total=%llu",
		  __entry->chip, __entry->remote, __entry->client,
		  __print_symbolic(__entry->source, { 0, "none" }, { 1, "declared" },
				   { 2, "conflict" }, { 3, "pinned" }),
		  __entry->l1_total, __entry->dram_total)
);

TRACE_EVENT(ttmem_alloc_failed,
	TP_PROTO(const struct ttmem_chip *chip, u64 client, unsigned int pool, u64 bank_bytes,
		 u64 failures),
	TP_ARGS(chip, client, pool, bank_bytes, failures),
	TP_STRUCT__entry(
		__field(u32, chip)
		__field(u32, remote)
		__field(u64, client)
		__array(char, pool, 16)
		__field(u64, bank_bytes)
		__field(u64, failures)
	),
	TP_fast_assign(
		__entry->chip = chip->gateway->ordinal;
		__entry->remote = chip->index;
		__entry->client = client;
		strscpy(__entry->pool, ttmem_pools[pool].name, sizeof(__entry->pool));
		__entry->bank_bytes = bank_bytes;
		__entry->failures = failures;
	),
	TP_printk("chip=%u remote=%u client=%llu pool=%s bank_bytes=%llu failures=%llu",
		  __entry->chip, __entry->remote, __entry->client, __entry->pool,
		  __entry->bank_bytes, __entry->failures)
);

TRACE_EVENT(ttmem_rejected,
	TP_PROTO(const struct ttmem_chip *chip, int error),
	TP_ARGS(chip, error),
	TP_STRUCT__entry(
		__field(u32, chip)
		__field(u32, remote)
		__field(int, error)
	),
	TP_fast_assign(
		__entry->chip = chip->gateway->ordinal;
		__entry->remote = chip->index;
		__entry->error = error;
	),
	TP_printk("chip=%u remote=%u error=%d", __entry->chip, __entry->remote, __entry->error)
);

#ifndef TTMEM_TRACE_USAGE
#define TTMEM_TRACE_USAGE
void ttmem_trace_pools(const struct ttmem_seat *seat, u64 client, unsigned int pools);

/**
 * ttmem_trace_usage - what a client holds now, and its chip
 * @seat: the client's seat there
 * @client: its number
 * @pools: bits of the pools that have changed
 *
 * Context: under &ttmem_gateway.books_lock.
 */
static inline void ttmem_trace_usage(const struct ttmem_seat *seat, u64 client,
				     unsigned int pools)
{
	if (trace_ttmem_usage_enabled())
		ttmem_trace_pools(seat, client, pools);
}
#endif

#endif /* TTMEM_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
