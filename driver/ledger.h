/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The books of one chip: what each client holds now, and what the chip shows of it.
 *
 * Figures are stored, never accumulated: a report replaces what its client said before, and what
 * the chip shows is always the sum over the accounts that are there.
 *
 * Pure code: no devices, no files, no locks. It is tested in the kernel and in userspace. The
 * caller holds one lock over all functions that take a ledger, and one lock of its own for each
 * account while it stages changes in it.
 */
#ifndef TTMEM_LEDGER_H
#define TTMEM_LEDGER_H

#include <linux/list.h>
#include <linux/types.h>
#include <linux/ttmem.h>

#include "geometry.h"
#include "pools.h"

/*
 * Accounts of one chip, which the caller sees to. No client can report more than TTMEM_MAX_BYTES of
 * a pool, so that sums over all of them cannot overflow.
 */
#define TTMEM_MAX_CLIENTS	BIT(16)

/**
 * struct ttmem_holding - what one client holds of one pool, over all of its banks
 * @used: allocated bytes
 * @region: bytes that the client's allocator manages; only if @sized
 * @largest_free: largest contiguous free block of one bank, times the banks; only if @sized
 * @banks: number of banks; only if @sized
 * @sized: the client said how large the pool is
 */
struct ttmem_holding {
	u64 used;
	u64 region;
	u64 largest_free;
	u32 banks;
	bool sized;
};

/**
 * struct ttmem_account - one client's side of the books of one chip
 * @node: in &ttmem_ledger.accounts, if @joined
 * @geometry: the client's declaration, if @declared
 * @held: what the client holds, by pool
 * @staged: what it will hold, by pool, where a bit of @staged_pools is set
 * @staged_pools: pools of a report that is being checked
 * @declared: the client has declared this chip's geometry
 * @joined: the account is in the books
 */
struct ttmem_account {
	struct list_head node;
	struct ttmem_geometry geometry;
	struct ttmem_holding held[TTMEM_NR_POOLS];
	struct ttmem_holding staged[TTMEM_NR_POOLS];
	unsigned int staged_pools;
	bool declared;
	bool joined;
};

/**
 * struct ttmem_pool_books - what is remembered of one pool of a chip
 * @used: sum of what all accounts hold; may be more than there is
 * @peak: highest @used since the first client came to the idle chip
 * @widest: the account with the largest region, NULL if no size is known
 * @tightest: the account with the smallest largest free block, NULL if no size is known
 */
struct ttmem_pool_books {
	u64 used;
	u64 peak;
	const struct ttmem_account *widest;
	const struct ttmem_account *tightest;
};

/**
 * struct ttmem_ledger - the books of one chip
 * @arch: its architecture
 * @accounts: all &struct ttmem_account that joined
 * @clients: their number
 * @pools: by pool
 * @geometry: what the clients agree on, or what the last ones agreed on, as @source says
 * @source: where @geometry comes from
 * @updated_ns: CLOCK_MONOTONIC of the last accepted report, 0 if there was none
 * @rejected: number of refused calls
 * @last_rejected_ns: CLOCK_MONOTONIC of the last one, 0 if there was none
 */
struct ttmem_ledger {
	const struct ttmem_arch_info *arch;
	struct list_head accounts;
	u32 clients;
	struct ttmem_pool_books pools[TTMEM_NR_POOLS];
	struct ttmem_geometry geometry;
	enum ttmem_geometry_source source;
	u64 updated_ns;
	u64 rejected;
	u64 last_rejected_ns;
};

void ttmem_account_init(struct ttmem_account *account);
int ttmem_account_stage(struct ttmem_account *account, const struct ttmem_report_entry *entry);
int ttmem_account_check(const struct ttmem_account *account, const struct ttmem_arch_info *arch);
void ttmem_account_unstage(struct ttmem_account *account);

void ttmem_ledger_init(struct ttmem_ledger *ledger, const struct ttmem_arch_info *arch);
void ttmem_ledger_join(struct ttmem_ledger *ledger, struct ttmem_account *account);
void ttmem_ledger_leave(struct ttmem_ledger *ledger, struct ttmem_account *account);
void ttmem_ledger_declare(struct ttmem_ledger *ledger, struct ttmem_account *account,
			  const struct ttmem_geometry *geometry);
void ttmem_ledger_commit(struct ttmem_ledger *ledger, struct ttmem_account *account, u64 now_ns);
void ttmem_ledger_reject(struct ttmem_ledger *ledger, u64 now_ns);

bool ttmem_ledger_figure(const struct ttmem_ledger *ledger, enum ttmem_pool pool,
			 enum ttmem_figure figure, u64 *value);
u64 ttmem_ledger_oversubscribed(const struct ttmem_ledger *ledger, enum ttmem_pool pool);

#endif /* TTMEM_LEDGER_H */
