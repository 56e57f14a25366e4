// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "account.h"

#define ENTRY_FLAGS	(TTMEM_REPORT_WHOLE_POOL | TTMEM_REPORT_RESET_PEAK)

/* A client that writes to its page without a pause is not waited for. */
#define PAGE_READS	8

static void set_limits(struct ttmem_account *account, const struct ttmem_geometry *geometry)
{
	struct ttmem_limits *l1 = &account->limits[TTMEM_MEMORY_L1];
	struct ttmem_limits *dram = &account->limits[TTMEM_MEMORY_DRAM];

	l1->bytes = ttmem_geometry_capacity(geometry, TTMEM_MEMORY_L1);
	l1->banks = geometry->tensix_enabled;
	dram->bytes = ttmem_geometry_capacity(geometry, TTMEM_MEMORY_DRAM);
	dram->banks = geometry->dram_banks_enabled;
}

/**
 * ttmem_account_init - a client that holds nothing
 * @account: to initialise
 * @arch: architecture of the chip
 */
void ttmem_account_init(struct ttmem_account *account, const struct ttmem_arch_info *arch)
{
	int memory;

	memset(account, 0, sizeof(*account));
	INIT_LIST_HEAD(&account->page_node);
	if (arch->name) {
		set_limits(account, &arch->die);
		return;
	}
	for (memory = 0; memory < TTMEM_NR_MEMORIES; memory++) {
		account->limits[memory].bytes = TTMEM_MAX_BYTES;
		account->limits[memory].banks = U32_MAX;
	}
}

/**
 * ttmem_account_declare - take a client's word for the geometry
 * @account: the client's account of the chip
 * @geometry: one that passed ttmem_geometry_check()
 */
void ttmem_account_declare(struct ttmem_account *account, const struct ttmem_geometry *geometry)
{
	account->geometry = *geometry;
	account->declared = true;
	set_limits(account, geometry);
}

/* ---- the checks ---------------------------------------------------------------------------- */

/* From bytes as the client speaks of them, of one bank, to bytes of the chip. */
static int holding_bytes(const struct ttmem_holding *holding, const struct ttmem_limits *limits,
			 u64 said, u64 *bytes)
{
	if (holding->whole)
		*bytes = said;
	else if (said > holding->bank_bytes && (holding->sized || !holding->banks))
		return -EINVAL;
	else if (check_mul_overflow((u64)holding->banks, said, bytes))
		return -EOVERFLOW;
	if (holding->sized)
		return *bytes > ttmem_holding_region(holding) ? -EINVAL : 0;
	return *bytes > limits->bytes ? -ERANGE : 0;
}

/* What of a pool changes with each allocation; its size is set already. */
static int holding_fill(struct ttmem_holding *holding, const struct ttmem_limits *limits,
			u64 allocated, u64 largest_free)
{
	int ret;

	/* Without a known size there are no bytes in a bank. */
	if (largest_free > holding->bank_bytes)
		return -EINVAL;
	ret = holding_bytes(holding, limits, allocated, &holding->used);
	if (ret)
		return ret;
	holding->largest_free = holding->banks * largest_free;
	if (holding->largest_free &&
	    holding->largest_free > ttmem_holding_region(holding) - holding->used)
		return -EINVAL;
	return 0;
}

/* ---- a report ------------------------------------------------------------------------------ */

static int holding_size(struct ttmem_holding *holding, const struct ttmem_report_entry *entry)
{
	u64 region;

	holding->whole = entry->flags & TTMEM_REPORT_WHOLE_POOL;
	holding->new_peak = entry->flags & TTMEM_REPORT_RESET_PEAK;
	holding->banks = entry->banks;
	holding->bank_bytes = entry->bank_bytes;
	holding->sized = entry->bank_bytes || (!entry->banks && !holding->whole);
	if (!entry->banks && entry->bank_bytes)
		return -EINVAL;
	if (!ttmem_pool_has_region(entry->pool) && (!holding->whole || entry->banks))
		return -EINVAL;
	if (check_mul_overflow((u64)entry->banks, (u64)entry->bank_bytes, &region))
		return -EOVERFLOW;
	return 0;
}

/* Room that a pool takes beside the others of the same report. */
static int account_claim(struct ttmem_account *account, enum ttmem_pool pool,
			 const struct ttmem_holding *holding)
{
	enum ttmem_memory memory = ttmem_pools[pool].memory;
	const struct ttmem_limits *limits = &account->limits[memory];
	u64 bytes = holding->sized ? ttmem_holding_region(holding) : holding->used;

	if (holding->banks > limits->banks || bytes > limits->bytes)
		return -ERANGE;
	/* An alias takes no bytes of its own. */
	if (!ttmem_pool_has_region(pool))
		return 0;
	account->claimed[memory] += bytes;
	return account->claimed[memory] > limits->bytes ? -ERANGE : 0;
}

/**
 * ttmem_account_stage - take one entry of a report, without effect on any figure yet
 * @account: the client's account of the chip that the entry speaks of
 * @entry: the entry
 *
 * All pools of one report that share a memory must fit it together.
 *
 * Return: 0, -EOPNOTSUPP for an unknown pool or flag, -EINVAL if the entry contradicts itself or an
 * earlier one of the same report, -EOVERFLOW if banks times bytes does not fit into 64 bits, -ERANGE
 * if it does not fit the chip. If it is not 0, the caller calls ttmem_account_unstage().
 */
int ttmem_account_stage(struct ttmem_account *account, const struct ttmem_report_entry *entry)
{
	const struct ttmem_limits *limits;
	struct ttmem_holding *holding;
	int ret;

	if (entry->pool >= TTMEM_NR_POOLS || (entry->flags & ~ENTRY_FLAGS))
		return -EOPNOTSUPP;
	if (account->staged_pools & BIT(entry->pool))
		return -EINVAL;
	holding = &account->staged[entry->pool];
	limits = &account->limits[ttmem_pools[entry->pool].memory];
	ret = holding_size(holding, entry);
	if (!ret)
		ret = holding_fill(holding, limits, entry->allocated_bytes,
				   entry->largest_free_bytes);
	if (!ret)
		ret = account_claim(account, entry->pool, holding);
	account->staged_pools |= BIT(entry->pool);
	return ret;
}

/**
 * ttmem_account_unstage - forget what is staged
 * @account: an account
 */
void ttmem_account_unstage(struct ttmem_account *account)
{
	account->staged_pools = 0;
	memset(account->claimed, 0, sizeof(account->claimed));
}

/* ---- the ledger page ----------------------------------------------------------------------- */

/*
 * The slot that the sequence number points to is not written to until the number has moved on, so
 * a client that was stopped, or killed, in the middle of an update has left a good one.
 */
static bool read_slot(const struct ttmem_page_pool *entry, u32 *sequence,
		      struct ttmem_page_figures *figures)
{
	const struct ttmem_page_figures *slot;
	int reads;

	for (reads = 0; reads < PAGE_READS; reads++) {
		*sequence = smp_load_acquire(&entry->sequence);
		slot = &entry->figures[*sequence & 1];
		figures->allocated_bytes = READ_ONCE(slot->allocated_bytes);
		figures->largest_free_bytes = READ_ONCE(slot->largest_free_bytes);
		figures->peak_bytes = READ_ONCE(slot->peak_bytes);
		smp_rmb();
		if (READ_ONCE(entry->sequence) == *sequence)
			return true;
	}
	return false;
}

/**
 * ttmem_account_forget_refused - what was refused last is news again
 * @account: an account with a page
 */
void ttmem_account_forget_refused(struct ttmem_account *account)
{
	unsigned int pools, pool;

	for (pools = account->refused_pools; pools; pools &= pools - 1) {
		pool = __ffs(pools);
		account->taken[pool] = READ_ONCE(account->page[pool].sequence) - 1;
	}
	account->refused_pools = 0;
}

/**
 * ttmem_account_read_page - read what a client's page says of a pool now
 * @account: an account with a page
 * @pool: a pool
 * @holding: what the client holds by it
 * @peak: the highest that the client ever held, by its own word
 *
 * Every byte may change at any time and may be anything. It goes through the checks of a report;
 * what a page does not say, such as the number of banks, stays as it was reported.
 *
 * Context: under the lock of the books.
 *
 * Return: 0; -EAGAIN if the client writes too fast; -EINVAL, -EOVERFLOW or -ERANGE as
 * ttmem_account_stage(). What was read counts as seen.
 */
int ttmem_account_read_page(struct ttmem_account *account, enum ttmem_pool pool,
			    struct ttmem_holding *holding, u64 *peak)
{
	const struct ttmem_limits *limits = &account->limits[ttmem_pools[pool].memory];
	struct ttmem_page_figures figures;
	int ret;

	if (!read_slot(&account->page[pool], &account->taken[pool], &figures))
		return -EAGAIN;
	*holding = account->held[pool];
	holding->new_peak = false;
	ret = holding_fill(holding, limits, figures.allocated_bytes, figures.largest_free_bytes);
	if (!ret)
		ret = holding_bytes(holding, limits, figures.peak_bytes, peak);
	if (!ret && *peak < holding->used)
		ret = -EINVAL;
	return ret;
}
