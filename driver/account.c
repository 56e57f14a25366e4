// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "account.h"

#define ENTRY_FLAGS	(TTMEM_REPORT_WHOLE_POOL | TTMEM_REPORT_RESET_PEAK)

/**
 * ttmem_account_init - a client that holds nothing
 * @account: to initialise
 */
void ttmem_account_init(struct ttmem_account *account)
{
	memset(account, 0, sizeof(*account));
}

/* From the words of a report, which speak of one bank, to bytes of the chip. */
static int holding_from_entry(struct ttmem_holding *holding, const struct ttmem_report_entry *entry)
{
	u64 banks = entry->banks;

	memset(holding, 0, sizeof(*holding));
	if (check_mul_overflow(banks, (u64)entry->bank_bytes, &holding->region) ||
	    check_mul_overflow(banks, (u64)entry->largest_free_bytes, &holding->largest_free))
		return -EOVERFLOW;
	if (entry->flags & TTMEM_REPORT_WHOLE_POOL)
		holding->used = entry->allocated_bytes;
	else if (check_mul_overflow(banks, (u64)entry->allocated_bytes, &holding->used))
		return -EOVERFLOW;

	holding->banks = entry->banks;
	holding->sized = entry->bank_bytes ||
			 (!entry->banks && !(entry->flags & TTMEM_REPORT_WHOLE_POOL));
	holding->new_peak = entry->flags & TTMEM_REPORT_RESET_PEAK;
	return 0;
}

/* Does an entry contradict itself? */
static bool entry_absurd(const struct ttmem_report_entry *entry)
{
	bool whole = entry->flags & TTMEM_REPORT_WHOLE_POOL;

	if (!ttmem_pool_has_region(entry->pool))
		return !whole || entry->banks || entry->bank_bytes || entry->largest_free_bytes;
	if (!entry->banks)
		return entry->bank_bytes || entry->largest_free_bytes ||
		       (!whole && entry->allocated_bytes);
	if (!entry->bank_bytes)
		return entry->largest_free_bytes;
	return entry->largest_free_bytes > entry->bank_bytes ||
	       (!whole && entry->allocated_bytes > entry->bank_bytes);
}

/**
 * ttmem_account_stage - take one entry of a report, without effect on any figure yet
 * @account: the client's account of the chip that the entry speaks of
 * @entry: the entry
 *
 * Return: 0, -EOPNOTSUPP for an unknown pool or flag, -EINVAL if the entry contradicts itself or an
 * earlier one of the same report, -EOVERFLOW if banks times bytes does not fit into 64 bits.
 */
int ttmem_account_stage(struct ttmem_account *account, const struct ttmem_report_entry *entry)
{
	struct ttmem_holding *holding;
	int ret;

	if (entry->pool >= TTMEM_NR_POOLS || (entry->flags & ~ENTRY_FLAGS))
		return -EOPNOTSUPP;
	if (account->staged_pools & BIT(entry->pool) || entry_absurd(entry))
		return -EINVAL;

	holding = &account->staged[entry->pool];
	ret = holding_from_entry(holding, entry);
	if (ret)
		return ret;
	/* Both only now, on bytes that are known not to overflow. */
	if (holding->sized && (holding->used > holding->region ||
			       holding->largest_free > holding->region - holding->used))
		return -EINVAL;
	account->staged_pools |= BIT(entry->pool);
	return 0;
}

/* The cores or banks that a memory consists of: no pool has more banks. */
static u32 geometry_banks(const struct ttmem_geometry *geometry, enum ttmem_memory memory)
{
	return memory == TTMEM_MEMORY_L1 ? geometry->tensix_enabled : geometry->dram_banks_enabled;
}

static bool holdings_fit(const struct ttmem_holding *holdings, unsigned int pools,
			 const struct ttmem_geometry *limits)
{
	u64 claimed[TTMEM_NR_MEMORIES] = {};
	enum ttmem_memory memory;
	u64 bytes, capacity;
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		if (!(pools & BIT(pool)))
			continue;
		memory = ttmem_pools[pool].memory;
		capacity = ttmem_geometry_capacity(limits, memory);
		bytes = holdings[pool].sized ? holdings[pool].region : holdings[pool].used;
		if (!capacity)
			capacity = TTMEM_MAX_BYTES;
		else if (holdings[pool].banks > geometry_banks(limits, memory))
			return false;
		if (bytes > capacity)
			return false;
		/* An alias takes no bytes of its own. */
		if (ttmem_pool_has_region(pool))
			claimed[memory] += bytes;
		if (claimed[memory] > capacity)
			return false;
	}
	return true;
}

/**
 * ttmem_account_check - does what is staged fit the chip?
 * @account: an account with staged pools
 * @arch: architecture of the chip
 *
 * The chip is what the client itself declared, whatever others say, or, as long as it has declared
 * nothing, the whole die. All pools of one report that share a memory must fit it together.
 *
 * Return: 0, or -ERANGE if it does not fit.
 */
int ttmem_account_check(const struct ttmem_account *account, const struct ttmem_arch_info *arch)
{
	const struct ttmem_geometry *limits = account->declared ? &account->geometry : &arch->die;

	return holdings_fit(account->staged, account->staged_pools, limits) ? 0 : -ERANGE;
}

/**
 * ttmem_account_unstage - forget what is staged
 * @account: an account
 */
void ttmem_account_unstage(struct ttmem_account *account)
{
	account->staged_pools = 0;
}
