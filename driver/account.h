/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An account: what one client holds of one chip, and what it may say about it.
 *
 * Pure code, as the ledger.
 */
#ifndef TTMEM_ACCOUNT_H
#define TTMEM_ACCOUNT_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/ttmem.h>

#include "geometry.h"
#include "pools.h"

/**
 * struct ttmem_holding - what one client holds of one pool, over all of its banks
 * @used: allocated bytes
 * @region: bytes that the client's allocator manages; only if @sized
 * @largest_free: largest contiguous free block of one bank, times the banks; only if @sized
 * @banks: number of banks; only if @sized
 * @sized: the client said how large the pool is
 * @new_peak: of a report: the client's peak starts again
 */
struct ttmem_holding {
	u64 used;
	u64 region;
	u64 largest_free;
	u32 banks;
	bool sized;
	bool new_peak;
};

/**
 * struct ttmem_account - one client's side of the books of one chip
 * @node: in the books of the chip, if @joined
 * @geometry: the client's declaration, if @declared
 * @held: what the client holds, by pool
 * @peak: highest it ever held, by pool
 * @updated_ns: CLOCK_MONOTONIC of the last accepted report, 0 if there was none
 * @staged: what it will hold, by pool, where a bit of @staged_pools is set
 * @staged_pools: pools of a report that is being checked
 * @declared: the client has declared this chip's geometry
 * @joined: the account is in the books
 */
struct ttmem_account {
	struct list_head node;
	struct ttmem_geometry geometry;
	struct ttmem_holding held[TTMEM_NR_POOLS];
	u64 peak[TTMEM_NR_POOLS];
	u64 updated_ns;
	struct ttmem_holding staged[TTMEM_NR_POOLS];
	unsigned int staged_pools;
	bool declared;
	bool joined;
};

void ttmem_account_init(struct ttmem_account *account);
int ttmem_account_stage(struct ttmem_account *account, const struct ttmem_report_entry *entry);
int ttmem_account_check(const struct ttmem_account *account, const struct ttmem_arch_info *arch);
void ttmem_account_unstage(struct ttmem_account *account);

#endif /* TTMEM_ACCOUNT_H */
