/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An account: what one client holds of one chip, and what it may say about it.
 *
 * Pure code, as the ledger.
 */
#ifndef TTMEM_ACCOUNT_H
#define TTMEM_ACCOUNT_H

#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/ttmem.h>

#include "geometry.h"
#include "pools.h"

/**
 * struct ttmem_holding - what one client holds of one pool, over all of its banks
 * @used: allocated bytes
 * @largest_free: largest contiguous free block of one bank, times the banks; 0 unless @sized
 * @bank_bytes: bytes that the client's allocator manages in each bank; 0 unless @sized
 * @banks: number of banks
 * @sized: the client said how large the pool is; that may be 0
 * @whole: the client speaks of the whole pool, not of one bank
 * @new_peak: of a report: the client's peak starts again
 */
struct ttmem_holding {
	u64 used;
	u64 largest_free;
	u64 bank_bytes;
	u32 banks;
	bool sized;
	bool whole;
	bool new_peak;
};

/* Bytes that the client's allocator manages. It fits: that was checked when it was reported. */
static inline u64 ttmem_holding_region(const struct ttmem_holding *holding)
{
	return holding->banks * holding->bank_bytes;
}

/**
 * struct ttmem_limits - what a client can say of a memory
 * @bytes: its capacity
 * @banks: the cores or banks that it consists of: no pool has more
 */
struct ttmem_limits {
	u64 bytes;
	u32 banks;
};

/**
 * struct ttmem_account - one client's side of the books of one chip
 * @node: in the books of the chip, if @joined
 * @geometry: the client's declaration, if @declared
 * @limits: by memory: of what the client itself declared, whatever others say, or, as long as it
 *	has declared nothing, of the whole die
 * @held: what the client holds, by pool
 * @peak: highest it ever held, by pool
 * @updated_ns: CLOCK_MONOTONIC of the last accepted report, 0 if there was none; what a page says
 *	counts when it is first seen
 * @staged: what it will hold, by pool, where a bit of @staged_pools is set
 * @staged_pools: pools of a report that is being checked
 * @claimed: by memory: bytes of the staged pools that share it
 * @declared: the client has declared this chip's geometry
 * @joined: the account is in the books
 * @page: the client's ledger page of this chip, NULL if it has none
 * @page_node: in the chip's list of those, if there is a @page
 * @taken: the sequence number in the page that was taken or refused last, by pool
 * @refused_pools: pools where it was refused
 */
struct ttmem_account {
	struct list_head node;
	struct ttmem_geometry geometry;
	struct ttmem_limits limits[TTMEM_NR_MEMORIES];
	struct ttmem_holding held[TTMEM_NR_POOLS];
	u64 peak[TTMEM_NR_POOLS];
	u64 updated_ns;
	struct ttmem_holding staged[TTMEM_NR_POOLS];
	unsigned int staged_pools;
	u64 claimed[TTMEM_NR_MEMORIES];
	bool declared;
	bool joined;
	const struct ttmem_page_pool *page;
	struct list_head page_node;
	u32 taken[TTMEM_NR_POOLS];
	unsigned int refused_pools;
};

void ttmem_account_init(struct ttmem_account *account, const struct ttmem_arch_info *arch);
void ttmem_account_declare(struct ttmem_account *account, const struct ttmem_geometry *geometry);
int ttmem_account_stage(struct ttmem_account *account, const struct ttmem_report_entry *entry);
void ttmem_account_unstage(struct ttmem_account *account);
void ttmem_account_forget_refused(struct ttmem_account *account);
int ttmem_account_read_page(struct ttmem_account *account, enum ttmem_pool pool,
			    struct ttmem_holding *holding, u64 *peak);

/* Does the page say of a pool what has not been taken yet? */
static inline bool ttmem_account_has_news(const struct ttmem_account *account, enum ttmem_pool pool)
{
	return READ_ONCE(account->page[pool].sequence) != account->taken[pool];
}

#endif /* TTMEM_ACCOUNT_H */
