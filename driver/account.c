// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <linux/string.h>
#include <asm/barrier.h>

#include "account.h"

#define ENTRY_FLAGS	(TTMEM_REPORT_WHOLE_POOL | TTMEM_REPORT_RESET_PEAK)

/* Flags of a shape that no entry has which gets as far as to be compared. */
#define UNCHECKED	U32_MAX

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
	ttmem_account_forget_shapes(account);
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
	int pool;

	account->geometry = *geometry;
	account->declared = true;
	set_limits(account, geometry);
	/* The next report is checked against it, even if it says what the last one did. */
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		account->pools[pool].shape.flags = UNCHECKED;
}

/**
 * ttmem_account_forget_shapes - nothing has been said of any pool
 * @account: an account
 */
void ttmem_account_forget_shapes(struct ttmem_account *account)
{
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		account->pools[pool].shape = (struct ttmem_shape) { .flags = UNCHECKED };
}

/* ---- the checks ---------------------------------------------------------------------------- */

static int shape_from_entry(struct ttmem_shape *shape, const struct ttmem_report_entry *entry,
			    const struct ttmem_limits *limits)
{
	bool whole = entry->flags & TTMEM_REPORT_WHOLE_POOL;

	if (!ttmem_pool_has_region(entry->pool) && (!whole || entry->banks))
		return -EINVAL;
	if (!entry->banks && entry->bank_bytes)
		return -EINVAL;
	if (check_mul_overflow((u64)entry->banks, (u64)entry->bank_bytes, &shape->region))
		return -EOVERFLOW;
	if (entry->banks > limits->banks || shape->region > limits->bytes)
		return -ERANGE;

	shape->flags = entry->flags & TTMEM_REPORT_WHOLE_POOL;
	shape->banks = entry->banks;
	shape->bank_bytes = entry->bank_bytes;
	shape->sized = entry->bank_bytes || !(entry->banks || whole);
	shape->factor = whole ? 1 : entry->banks;
	if (shape->sized)
		shape->most = whole ? shape->region : shape->bank_bytes;
	else
		shape->most = div_u64(limits->bytes, shape->factor);
	return 0;
}

/* Too many bytes are allocated. */
static noinline int holding_error(const struct ttmem_shape *shape, u64 allocated)
{
	u64 bytes;

	if (shape->sized || !shape->factor)
		return -EINVAL;
	return check_mul_overflow((u64)shape->factor, allocated, &bytes) ? -EOVERFLOW : -ERANGE;
}

/* What every report pays for, and every look at a page. */
static __always_inline int holding_fill(struct ttmem_holding *holding,
					const struct ttmem_shape *shape, u64 allocated,
					u64 largest_free)
{
	u64 used = shape->factor * allocated;

	if (allocated > shape->most)
		return holding_error(shape, allocated);
	if (largest_free) {
		/* Without a known size there are no bytes in a bank. */
		if (largest_free > shape->bank_bytes)
			return -EINVAL;
		/* Nothing overflows: the region does not. */
		largest_free *= shape->banks;
		if (largest_free > shape->region - used)
			return -EINVAL;
	}
	holding->used = used;
	holding->largest_free = largest_free;
	return 0;
}

/* ---- a report ------------------------------------------------------------------------------ */

static int stage_shape(struct ttmem_account *account, const struct ttmem_report_entry *entry)
{
	struct ttmem_account_pool *own = &account->pools[entry->pool];
	const struct ttmem_pool_info *info = &ttmem_pools[entry->pool];

	if (entry->flags & TTMEM_REPORT_RESET_PEAK)
		account->staged_resets |= BIT(entry->pool);
	account->staged_shapes |= BIT(entry->pool);
	return shape_from_entry(&own->staged_shape, entry, &account->limits[info->memory]);
}

static __always_inline int stage_entry(struct ttmem_account *account,
				       const struct ttmem_report_entry *entry)
{
	const struct ttmem_pool_info *info;
	struct ttmem_account_pool *own;
	struct ttmem_shape *shape;
	u32 pool = entry->pool;
	u64 claimed;
	int ret;

	if (pool >= TTMEM_NR_POOLS || entry->flags & ~ENTRY_FLAGS)
		return -EOPNOTSUPP;
	if (account->staged_pools & BIT(pool))
		return -EINVAL;
	account->staged_pools |= BIT(pool);
	own = &account->pools[pool];
	OPTIMIZER_HIDE_VAR(own);
	shape = &own->shape;
	if (entry->flags != shape->flags || entry->banks != shape->banks ||
	    entry->bank_bytes != shape->bank_bytes) {
		ret = stage_shape(account, entry);
		if (ret)
			return ret;
		shape = &own->staged_shape;
	}
	ret = holding_fill(&own->staged, shape, entry->allocated_bytes,
			   entry->largest_free_bytes);
	if (ret)
		return ret;
	/* An alias takes no bytes of its own; others their region, or what is known to be used. */
	info = &ttmem_pools[pool];
	OPTIMIZER_HIDE_VAR(info);
	if (!(info->figures & BIT(TTMEM_TOTAL)))
		return 0;
	claimed = account->claimed[info->memory];
	claimed += shape->sized ? shape->region : own->staged.used;
	account->claimed[info->memory] = claimed;
	return claimed > account->limits[info->memory].bytes ? -ERANGE : 0;
}

/**
 * ttmem_account_stage - take entries of a report, without effect on any figure yet
 * @account: the client's account of the chip that the first entry speaks of
 * @entries: the entries
 * @number: how many there are
 *
 * All pools of one report that share a memory must fit it together.
 *
 * Return: how many entries were taken: as many as there are before the first one that speaks of
 * another chip. -EOPNOTSUPP for an unknown pool or flag, -EINVAL if an entry contradicts itself or
 * an earlier one of the same report, -EOVERFLOW if banks times bytes does not fit into 64 bits,
 * -ERANGE if it does not fit the chip; then the caller calls ttmem_account_unstage().
 */
int ttmem_account_stage(struct ttmem_account *account, const struct ttmem_report_entry *entries,
			unsigned int number)
{
	u32 chip = entries->chip;
	unsigned int i;
	int ret;

	for (i = 0; i < number && entries[i].chip == chip; i++) {
		ret = stage_entry(account, &entries[i]);
		if (ret)
			return ret;
	}
	return i;
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
		/* Pairs with the release that publishes a slot: its figures are there. */
		*sequence = smp_load_acquire(&entry->sequence);
		slot = &entry->figures[*sequence & 1];
		figures->allocated_bytes = READ_ONCE(slot->allocated_bytes);
		figures->largest_free_bytes = READ_ONCE(slot->largest_free_bytes);
		figures->peak_bytes = READ_ONCE(slot->peak_bytes);
		/* Pairs with the fence before the next slot is written to. */
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
		account->pools[pool].taken = READ_ONCE(account->page[pool].sequence) - 1;
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
	struct ttmem_account_pool *own = &account->pools[pool];
	struct ttmem_page_figures figures;
	int ret;

	if (!read_slot(&account->page[pool], &own->taken, &figures))
		return -EAGAIN;
	ret = holding_fill(holding, &own->shape, figures.allocated_bytes,
			   figures.largest_free_bytes);
	if (ret)
		return ret;
	if (figures.peak_bytes > own->shape.most)
		return holding_error(&own->shape, figures.peak_bytes);
	*peak = own->shape.factor * figures.peak_bytes;
	return *peak < holding->used ? -EINVAL : 0;
}
