/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An account: what one client holds of one chip, and what it may say about it.
 *
 * Pure code, as the ledger.
 */
#ifndef TTMEM_ACCOUNT_H
#define TTMEM_ACCOUNT_H

#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/list.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/ttmem.h>

#include "geometry.h"
#include "pools.h"

/**
 * struct ttmem_shape - what a client's reports say of a pool that stays the same for long
 * @flags: %TTMEM_REPORT_WHOLE_POOL or 0; something else if it has to be checked in the next report
 * @banks: number of banks
 * @bank_bytes: bytes that the client's allocator manages in each bank; 0 unless @sized
 * @region: the same in all banks
 * @most: what can be allocated at most, in bytes as the client speaks of them
 * @factor: from bytes as the client speaks of them to bytes of the chip
 * @sized: the client said how large the pool is; that may be 0
 */
struct ttmem_shape {
	u32 flags;
	u32 banks;
	u64 bank_bytes;
	u64 region;
	u64 most;
	u32 factor;
	bool sized;
};

/**
 * struct ttmem_holding - what a client holds of a pool: what changes with each allocation
 * @used: allocated bytes, in all banks
 * @largest_free: largest contiguous free block of one bank, times the banks; 0 if no size is known
 */
struct ttmem_holding {
	u64 used;
	u64 largest_free;
};

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
 * struct ttmem_account_pool - one client's side of one pool
 * @shape: what is the same for long
 * @held: what the client holds
 * @staged: what it will hold, by a report that is being checked
 * @staged_shape: its shape then, if that changes
 * @peak: highest that it ever held
 * @taken: the sequence number in its ledger page that was taken or refused last
 */
struct ttmem_account_pool {
	struct ttmem_shape shape;
	struct ttmem_holding held;
	struct ttmem_holding staged;
	struct ttmem_shape staged_shape;
	u64 peak;
	u32 taken;
};

/**
 * struct ttmem_account - one client's side of the books of one chip
 * @node: in the books of the chip, if @joined
 * @geometry: the client's declaration, if @declared
 * @limits: by memory: of what the client itself declared, whatever others say, or, as long as it
 *	has declared nothing, of the whole die
 * @pools: by pool
 * @updated_ns: CLOCK_MONOTONIC of the last accepted report, 0 if there was none; what a page says
 *	counts when it is first seen
 * @staged_pools: bits of the pools of a report that is being checked
 * @staged_shapes: of those whose shape changes by it
 * @staged_resets: of those whose peak starts again by it
 * @claimed: by memory: bytes of the staged pools that share it
 * @declared: the client has declared this chip's geometry
 * @reported: it has reported what it holds of this chip
 * @joined: the account is in the books; one that was dropped keeps it until its client hears
 * @page: the client's ledger page of this chip, NULL if it has none
 * @page_node: in the chip's list of those, if there is a @page
 * @refused_pools: bits of the pools where what the page said last was refused
 */
struct ttmem_account {
	struct list_head node;
	struct ttmem_geometry geometry;
	struct ttmem_limits limits[TTMEM_NR_MEMORIES];
	struct ttmem_account_pool pools[TTMEM_NR_POOLS];
	u64 updated_ns;
	unsigned int staged_pools;
	unsigned int staged_shapes;
	unsigned int staged_resets;
	u64 claimed[TTMEM_NR_MEMORIES];
	bool declared;
	bool reported;
	bool joined;
	const struct ttmem_page_pool *page;
	struct list_head page_node;
	unsigned int refused_pools;
};

void ttmem_account_init(struct ttmem_account *account, const struct ttmem_arch_info *arch);
void ttmem_account_declare(struct ttmem_account *account, const struct ttmem_geometry *geometry);
void ttmem_account_forget_shapes(struct ttmem_account *account);
int ttmem_account_stage(struct ttmem_account *account, const struct ttmem_report_entry *entries,
			unsigned int number);
void ttmem_account_forget_refused(struct ttmem_account *account);
int ttmem_account_read_page(struct ttmem_account *account, enum ttmem_pool pool,
			    struct ttmem_holding *holding, u64 *peak);

/**
 * ttmem_account_unstage - forget what is staged
 * @account: an account
 */
static inline void ttmem_account_unstage(struct ttmem_account *account)
{
	account->staged_pools = 0;
	account->staged_shapes = 0;
	account->staged_resets = 0;
	memset(account->claimed, 0, sizeof(account->claimed));
}

/**
 * ttmem_account_news - of which pools does the page say what has not been taken yet?
 * @account: an account with a page
 *
 * Return: their bits.
 */
static inline unsigned int ttmem_account_news(const struct ttmem_account *account)
{
	unsigned int pool, news = 0;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		if (READ_ONCE(account->page[pool].sequence) != account->pools[pool].taken)
			news |= BIT(pool);
	return news;
}

#endif /* TTMEM_ACCOUNT_H */
