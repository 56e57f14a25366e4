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

#include "account.h"
#include "geometry.h"
#include "pools.h"

/*
 * Accounts of one chip, which the caller sees to. No client can report more than TTMEM_MAX_BYTES of
 * a pool, so that sums over all of them cannot overflow.
 */
#define TTMEM_MAX_CLIENTS	BIT(16)

/**
 * struct ttmem_pool_books - what is remembered of one pool of a chip
 * @used: sum of what all accounts hold; may be more than there is
 * @peak: highest @used since the first client came to the idle chip
 * @widest: the account with the largest region, NULL if no size is known; not if @unsettled
 * @tightest: the account with the smallest largest free block, NULL if no size is known; likewise
 * @unsettled: one of the two has changed: whoever asks looks for them anew
 * @high: mark that usage is watched for, 0 if none
 * @crossed: usage has reached @high since somebody last asked for events
 * @failures: allocations that failed
 */
struct ttmem_pool_books {
	u64 used;
	u64 peak;
	const struct ttmem_account *widest;
	const struct ttmem_account *tightest;
	bool unsettled;
	u64 high;
	bool crossed;
	u64 failures;
};

/**
 * struct ttmem_last_failure - the last allocation that failed on a chip
 * @pool: where from
 * @sized: @largest_free is known
 * @bank_bytes: bytes that were asked for in each bank
 * @largest_free: largest free block of a bank that the client had reported by then
 * @ns: CLOCK_MONOTONIC, 0 if nothing failed yet
 */
struct ttmem_last_failure {
	enum ttmem_pool pool;
	bool sized;
	u64 bank_bytes;
	u64 largest_free;
	u64 ns;
};

/**
 * struct ttmem_ledger - the books of one chip
 * @arch: its architecture
 * @accounts: all &struct ttmem_account that joined
 * @clients: their number
 * @pages: those of them that have a ledger page
 * @pools: by pool
 * @agreed: what the clients agree on, or what the last ones agreed on, as @agreement says
 * @agreement: none, declared or conflict
 * @pin: the administrator's word, if @pinned
 * @pinned: there is such a word
 * @mismatches: declarations that differed from it
 * @last_failure: the last allocation that failed
 * @updated_ns: CLOCK_MONOTONIC of the last accepted report, 0 if there was none
 * @rejected: number of refused calls
 * @last_rejected_ns: CLOCK_MONOTONIC of the last one, 0 if there was none
 */
struct ttmem_ledger {
	const struct ttmem_arch_info *arch;
	struct list_head accounts;
	u32 clients;
	struct list_head pages;
	struct ttmem_pool_books pools[TTMEM_NR_POOLS];
	struct ttmem_geometry agreed;
	enum ttmem_geometry_source agreement;
	struct ttmem_geometry pin;
	bool pinned;
	u64 mismatches;
	struct ttmem_last_failure last_failure;
	u64 updated_ns;
	u64 rejected;
	u64 last_rejected_ns;
};

void ttmem_ledger_init(struct ttmem_ledger *ledger, const struct ttmem_arch_info *arch);
void ttmem_ledger_join(struct ttmem_ledger *ledger, struct ttmem_account *account);
void ttmem_ledger_drop(struct ttmem_ledger *ledger, struct ttmem_account *account);
void ttmem_ledger_leave(struct ttmem_ledger *ledger, struct ttmem_account *account);
void ttmem_ledger_declare(struct ttmem_ledger *ledger, struct ttmem_account *account,
			  const struct ttmem_geometry *geometry);
void ttmem_ledger_pin(struct ttmem_ledger *ledger, const struct ttmem_geometry *geometry);
void ttmem_ledger_commit(struct ttmem_ledger *ledger, struct ttmem_account *account, u64 now_ns);
void ttmem_ledger_add_page(struct ttmem_ledger *ledger, struct ttmem_account *account,
			   const struct ttmem_page_pool *page);
int ttmem_ledger_take_page(struct ttmem_ledger *ledger, struct ttmem_account *account,
			   unsigned int *pools, u64 now_ns);
void ttmem_ledger_watch(struct ttmem_ledger *ledger);
void ttmem_ledger_fail(struct ttmem_ledger *ledger, const struct ttmem_account *account,
		       enum ttmem_pool pool, u64 bank_bytes, u64 now_ns);
void ttmem_ledger_set_high(struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 bytes);
void ttmem_ledger_reject(struct ttmem_ledger *ledger, u64 now_ns);

enum ttmem_geometry_source ttmem_ledger_source(const struct ttmem_ledger *ledger);
const struct ttmem_geometry *ttmem_ledger_geometry(const struct ttmem_ledger *ledger);
bool ttmem_ledger_is_high(struct ttmem_ledger *ledger, enum ttmem_pool pool);
bool ttmem_ledger_figure(struct ttmem_ledger *ledger, enum ttmem_pool pool,
			 enum ttmem_figure figure, u64 *value);
u64 ttmem_ledger_oversubscribed(struct ttmem_ledger *ledger, enum ttmem_pool pool);

#endif /* TTMEM_LEDGER_H */
