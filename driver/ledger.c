// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/overflow.h>
#include <linux/string.h>

#include "ledger.h"

static bool pool_shows(enum ttmem_pool pool, enum ttmem_figure figure)
{
	return ttmem_pools[pool].figures & BIT(figure);
}

/* A pool with a region of its own: all but aliases. */
static bool pool_has_region(enum ttmem_pool pool)
{
	return pool_shows(pool, TTMEM_TOTAL);
}

static u64 less(u64 a, u64 b)
{
	return a > b ? a - b : 0;
}

/* ---- accounts ------------------------------------------------------------------------------ */

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
	holding->sized = entry->bank_bytes || (!entry->banks && !entry->flags);
	return 0;
}

/* Does an entry contradict itself? */
static bool entry_absurd(const struct ttmem_report_entry *entry)
{
	bool whole = entry->flags & TTMEM_REPORT_WHOLE_POOL;

	if (!pool_has_region(entry->pool))
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

	if (entry->pool >= TTMEM_NR_POOLS || (entry->flags & ~TTMEM_REPORT_WHOLE_POOL))
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
		if (pool_has_region(pool))
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

/* ---- the chip ------------------------------------------------------------------------------ */

/**
 * ttmem_ledger_init - the books of a chip that nobody has spoken of
 * @ledger: to initialise
 * @arch: architecture of the chip
 */
void ttmem_ledger_init(struct ttmem_ledger *ledger, const struct ttmem_arch_info *arch)
{
	memset(ledger, 0, sizeof(*ledger));
	INIT_LIST_HEAD(&ledger->accounts);
	ledger->arch = arch;
}

/* Is the account the widest or the tightest of a pool? */
static void books_compare(struct ttmem_pool_books *books, const struct ttmem_account *account,
			  int pool)
{
	const struct ttmem_holding *holding = &account->held[pool];

	if (!holding->sized)
		return;
	if (!books->widest || holding->region > books->widest->held[pool].region)
		books->widest = account;
	if (!books->tightest || holding->largest_free < books->tightest->held[pool].largest_free)
		books->tightest = account;
}

/* Let an account hold something else. The other accounts matter only if it set an extreme. */
static void ledger_store(struct ttmem_ledger *ledger, struct ttmem_account *account, int pool,
			 const struct ttmem_holding *holding)
{
	struct ttmem_pool_books *books = &ledger->pools[pool];
	const struct ttmem_account *other;

	books->used = books->used - account->held[pool].used + holding->used;
	books->peak = max(books->peak, books->used);
	account->held[pool] = *holding;

	if (account != books->widest && account != books->tightest) {
		books_compare(books, account, pool);
		return;
	}
	books->widest = NULL;
	books->tightest = NULL;
	list_for_each_entry(other, &ledger->accounts, node)
		books_compare(books, other, pool);
}

/* What do the clients agree on? Without any, the last word stands until the next one. */
static void ledger_reconcile(struct ttmem_ledger *ledger)
{
	const struct ttmem_account *account;
	bool spoken = false;

	list_for_each_entry(account, &ledger->accounts, node) {
		if (!account->declared)
			continue;
		if (!spoken) {
			ledger->geometry = account->geometry;
			ledger->source = TTMEM_GEOMETRY_DECLARED;
			spoken = true;
		} else if (!ttmem_geometry_merge(&ledger->geometry, &account->geometry)) {
			ledger->source = TTMEM_GEOMETRY_CONFLICT;
			return;
		}
	}
}

/**
 * ttmem_ledger_join - a client's first word about a chip
 * @ledger: the books of the chip
 * @account: an account that has not joined; may have pools staged
 *
 * The caller admits no more than %TTMEM_MAX_CLIENTS.
 */
void ttmem_ledger_join(struct ttmem_ledger *ledger, struct ttmem_account *account)
{
	int pool;

	if (!ledger->clients)
		for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
			ledger->pools[pool].peak = 0;
	list_add_tail(&account->node, &ledger->accounts);
	ledger->clients++;
	account->joined = true;
}

/**
 * ttmem_ledger_leave - a client is gone, and with it all that it held
 * @ledger: the books of the chip
 * @account: an account that joined
 */
void ttmem_ledger_leave(struct ttmem_ledger *ledger, struct ttmem_account *account)
{
	static const struct ttmem_holding nothing;
	int pool;

	list_del(&account->node);
	ledger->clients--;
	account->joined = false;
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		ledger_store(ledger, account, pool, &nothing);
	if (ledger->source == TTMEM_GEOMETRY_CONFLICT)
		ledger_reconcile(ledger);
}

/**
 * ttmem_ledger_declare - take a client's word for the geometry
 * @ledger: the books of the chip
 * @account: an account that joined
 * @geometry: one that passed ttmem_geometry_check()
 */
void ttmem_ledger_declare(struct ttmem_ledger *ledger, struct ttmem_account *account,
			  const struct ttmem_geometry *geometry)
{
	account->geometry = *geometry;
	account->declared = true;
	ledger_reconcile(ledger);
}

/**
 * ttmem_ledger_commit - let what is staged take effect
 * @ledger: the books of the chip
 * @account: an account that joined, whose staged pools passed ttmem_account_check()
 * @now_ns: CLOCK_MONOTONIC
 */
void ttmem_ledger_commit(struct ttmem_ledger *ledger, struct ttmem_account *account, u64 now_ns)
{
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		if (account->staged_pools & BIT(pool))
			ledger_store(ledger, account, pool, &account->staged[pool]);
	ttmem_account_unstage(account);
	ledger->updated_ns = now_ns;
}

/**
 * ttmem_ledger_reject - count a refused call
 * @ledger: the books of the chip
 * @now_ns: CLOCK_MONOTONIC
 */
void ttmem_ledger_reject(struct ttmem_ledger *ledger, u64 now_ns)
{
	ledger->rejected++;
	ledger->last_rejected_ns = now_ns;
}

/* ---- what the chip shows ------------------------------------------------------------------- */

static bool memory_nominal(const struct ttmem_ledger *ledger, enum ttmem_memory memory, u64 *bytes)
{
	*bytes = ttmem_geometry_capacity(&ledger->arch->die, memory);
	return ledger->arch->name;
}

static bool memory_total(const struct ttmem_ledger *ledger, enum ttmem_memory memory, u64 *bytes)
{
	*bytes = ttmem_geometry_capacity(&ledger->geometry, memory);
	return ledger->source == TTMEM_GEOMETRY_DECLARED;
}

/* What no figure of a memory can exceed. */
static u64 memory_ceiling(const struct ttmem_ledger *ledger, enum ttmem_memory memory)
{
	u64 bytes;

	if (memory_total(ledger, memory, &bytes) || memory_nominal(ledger, memory, &bytes))
		return bytes;
	return U64_MAX;
}

/* A client's region may be larger than the total that others agreed on: cut it, too. */
static bool pool_allocatable(const struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 *bytes)
{
	const struct ttmem_account *widest = ledger->pools[pool].widest;

	if (!widest)
		return false;
	*bytes = min(widest->held[pool].region, memory_ceiling(ledger, ttmem_pools[pool].memory));
	return true;
}

static bool pool_total(const struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 *bytes)
{
	if (pool_shows(pool, TTMEM_NOMINAL))
		return memory_total(ledger, ttmem_pools[pool].memory, bytes);
	return pool_allocatable(ledger, pool, bytes);
}

/* What a pool's usage is cut at. */
static u64 pool_ceiling(const struct ttmem_ledger *ledger, enum ttmem_pool pool)
{
	u64 bytes;

	if (pool_has_region(pool) && pool_total(ledger, pool, &bytes))
		return bytes;
	return memory_ceiling(ledger, ttmem_pools[pool].memory);
}

static u64 pool_used(const struct ttmem_ledger *ledger, enum ttmem_pool pool)
{
	return min(ledger->pools[pool].used, pool_ceiling(ledger, pool));
}

static bool pool_free(const struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 *bytes)
{
	if (!pool_allocatable(ledger, pool, bytes))
		return false;
	*bytes = less(*bytes, pool_used(ledger, pool));
	return true;
}

static bool pool_largest_free(const struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 *bytes)
{
	if (!pool_free(ledger, pool, bytes))
		return false;
	*bytes = min(*bytes, ledger->pools[pool].tightest->held[pool].largest_free);
	return true;
}

/* What of a memory is in no allocator's hands; unknown unless each of its pools is known. */
static bool memory_reserved(const struct ttmem_ledger *ledger, enum ttmem_memory memory, u64 *bytes)
{
	u64 allocatable;
	int pool;

	if (!memory_total(ledger, memory, bytes))
		return false;
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		if (ttmem_pools[pool].memory != memory || !pool_has_region(pool))
			continue;
		if (!pool_allocatable(ledger, pool, &allocatable))
			return false;
		*bytes = less(*bytes, allocatable);
	}
	return true;
}

/**
 * ttmem_ledger_figure - one figure that a chip shows
 * @ledger: the books of the chip
 * @pool: a pool
 * @figure: one of the figures of that pool
 * @value: where to put it
 *
 * Return: true, or false if it is not known.
 */
bool ttmem_ledger_figure(const struct ttmem_ledger *ledger, enum ttmem_pool pool,
			 enum ttmem_figure figure, u64 *value)
{
	const struct ttmem_pool_books *books = &ledger->pools[pool];
	enum ttmem_memory memory = ttmem_pools[pool].memory;

	switch (figure) {
	case TTMEM_USED:
		*value = pool_used(ledger, pool);
		return true;
	case TTMEM_FREE:
		return pool_free(ledger, pool, value);
	case TTMEM_TOTAL:
		return pool_total(ledger, pool, value);
	case TTMEM_NOMINAL:
		return memory_nominal(ledger, memory, value);
	case TTMEM_ALLOCATABLE:
		return pool_allocatable(ledger, pool, value);
	case TTMEM_RESERVED:
		return memory_reserved(ledger, memory, value);
	case TTMEM_LARGEST_FREE:
		return pool_largest_free(ledger, pool, value);
	case TTMEM_PEAK:
		*value = min(books->peak, pool_ceiling(ledger, pool));
		return true;
	case TTMEM_BANKS:
		if (!books->widest)
			return false;
		*value = books->widest->held[pool].banks;
		return true;
	default:
		return false;
	}
}

/**
 * ttmem_ledger_oversubscribed - what the clients of a pool hold beyond what there can be
 * @ledger: the books of the chip
 * @pool: a pool
 *
 * Return: bytes by which the sum over the clients was cut; 0 as long as everybody tells the truth.
 */
u64 ttmem_ledger_oversubscribed(const struct ttmem_ledger *ledger, enum ttmem_pool pool)
{
	return less(ledger->pools[pool].used, pool_ceiling(ledger, pool));
}
