// SPDX-License-Identifier: GPL-2.0-only
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/string.h>

#include "ledger.h"

static u64 less(u64 a, u64 b)
{
	return a > b ? a - b : 0;
}

/* ---- what clients do ----------------------------------------------------------------------- */

/**
 * ttmem_ledger_init - the books of a chip that nobody has spoken of
 * @ledger: to initialise
 * @arch: architecture of the chip
 */
void ttmem_ledger_init(struct ttmem_ledger *ledger, const struct ttmem_arch_info *arch)
{
	memset(ledger, 0, sizeof(*ledger));
	INIT_LIST_HEAD(&ledger->accounts);
	INIT_LIST_HEAD(&ledger->pages);
	ledger->arch = arch;
}

/* Is an account, which knows its size, the widest or the tightest of a pool? */
static void books_compare(struct ttmem_pool_books *books, const struct ttmem_account *account,
			  enum ttmem_pool pool)
{
	const struct ttmem_account_pool *own = &account->pools[pool];

	if (!books->widest || own->shape.region > books->widest->pools[pool].shape.region)
		books->widest = account;
	if (!books->tightest ||
	    own->held.largest_free < books->tightest->pools[pool].held.largest_free)
		books->tightest = account;
}

/*
 * Let an account hold something else. It may have held more meanwhile, its peak: then the chip was
 * not lower. If it set an extreme, the others have to be asked: that is for those who want to know,
 * for clients report more often than anybody looks.
 */
static __always_inline struct ttmem_pool_books *
ledger_store(struct ttmem_ledger *ledger, struct ttmem_account *account, enum ttmem_pool pool,
	     const struct ttmem_holding *holding, u64 peak)
{
	struct ttmem_account_pool *own = &account->pools[pool];
	struct ttmem_pool_books *books = &ledger->pools[pool];
	u64 used = holding->used;

	/* Compilers would rather compute the two anew each time than keep them. */
	OPTIMIZER_HIDE_VAR(own);
	OPTIMIZER_HIDE_VAR(books);
	books->used += used - own->held.used;
	if (peak > own->peak) {
		own->peak = peak;
		if (peak > used && peak > books->peak)
			books->peak = peak;
	}
	own->held.used = used;
	own->held.largest_free = holding->largest_free;

	if (account == books->widest || account == books->tightest)
		books->unsettled = true;
	else if (own->shape.sized && !books->unsettled)
		books_compare(books, account, pool);
	return books;
}

/* What all of them hold together, when all that is new has been taken over: a peak, or a mark? */
static __always_inline void books_watch(struct ttmem_ledger *ledger,
					struct ttmem_pool_books *books, enum ttmem_pool pool)
{
	if (books->used > books->peak)
		books->peak = books->used;
	if (books->high)
		books->crossed |= ttmem_ledger_is_high(ledger, pool);
}

/**
 * ttmem_ledger_watch - look for peaks and marks, now that all pages have been taken over
 * @ledger: the books of the chip
 *
 * Not before: what one client holds now and what another one held when somebody looked last may
 * never have been there together.
 */
void ttmem_ledger_watch(struct ttmem_ledger *ledger)
{
	int pool;

	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		books_watch(ledger, &ledger->pools[pool], pool);
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
			ledger->agreed = account->geometry;
			ledger->agreement = TTMEM_GEOMETRY_DECLARED;
			spoken = true;
		} else if (!ttmem_geometry_merge(&ledger->agreed, &account->geometry)) {
			ledger->agreement = TTMEM_GEOMETRY_CONFLICT;
			return;
		}
	}
}

/* A client that differs from the administrator's word is not refused, but does not go unnoticed. */
static void ledger_count_mismatch(struct ttmem_ledger *ledger, const struct ttmem_account *account)
{
	struct ttmem_geometry pin = ledger->pin;

	if (ledger->pinned && account->declared &&
	    !ttmem_geometry_merge(&pin, &account->geometry))
		ledger->mismatches++;
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

static void books_release(struct ttmem_pool_books *books, struct ttmem_account *account,
			  enum ttmem_pool pool)
{
	struct ttmem_account_pool *own = &account->pools[pool];

	books->used -= own->held.used;
	own->held = (struct ttmem_holding) {};
	if (account == books->widest || account == books->tightest)
		books->unsettled = true;
}

/**
 * ttmem_ledger_drop - all that a client held is gone
 * @ledger: the books of the chip
 * @account: an account that joined; it is not in the books any more
 *
 * Its client may be staging what it is about to say, under its own lock: what that covers stays as
 * it is. The caller sees to it that it is not committed.
 */
void ttmem_ledger_drop(struct ttmem_ledger *ledger, struct ttmem_account *account)
{
	int pool;

	list_del(&account->node);
	list_del_init(&account->page_node);
	account->page = NULL;
	ledger->clients--;
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++)
		books_release(&ledger->pools[pool], account, pool);
	/* Nobody may be left who differs, or who knows the unique id. */
	if (account->declared)
		ledger_reconcile(ledger);
}

/**
 * ttmem_ledger_leave - a client is gone, and with it all that it held
 * @ledger: the books of the chip
 * @account: an account that joined; it may join again
 */
void ttmem_ledger_leave(struct ttmem_ledger *ledger, struct ttmem_account *account)
{
	ttmem_ledger_drop(ledger, account);
	account->joined = false;
	account->reported = false;
	ttmem_account_forget_shapes(account);
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
	ttmem_account_declare(account, geometry);
	ledger_count_mismatch(ledger, account);
	ledger_reconcile(ledger);
}

/**
 * ttmem_ledger_pin - take the administrator's word for the geometry
 * @ledger: the books of the chip
 * @geometry: one that passed ttmem_geometry_check(), or NULL to go by the clients' word again
 */
void ttmem_ledger_pin(struct ttmem_ledger *ledger, const struct ttmem_geometry *geometry)
{
	const struct ttmem_account *account;

	ledger->pinned = geometry;
	if (!geometry)
		return;
	ledger->pin = *geometry;
	list_for_each_entry(account, &ledger->accounts, node)
		ledger_count_mismatch(ledger, account);
}

static void commit_shapes(struct ttmem_account *account)
{
	struct ttmem_account_pool *own;
	unsigned int pools;

	/* A first report has shapes, and this is not what every report pays for. */
	account->reported = true;
	for (pools = account->staged_shapes; pools; pools &= pools - 1) {
		own = &account->pools[__ffs(pools)];
		own->shape = own->staged_shape;
	}
	/* A report that resets never has the shape of the one before: see its flags. */
	for (pools = account->staged_resets; pools; pools &= pools - 1)
		account->pools[__ffs(pools)].peak = 0;
}

/**
 * ttmem_ledger_commit - let what is staged take effect
 * @ledger: the books of the chip
 * @account: an account that joined, whose pools were all staged without an error
 * @now_ns: CLOCK_MONOTONIC
 *
 * The caller has taken from all pages of the chip what they said before.
 */
void ttmem_ledger_commit(struct ttmem_ledger *ledger, struct ttmem_account *account, u64 now_ns)
{
	const struct ttmem_holding *staged;
	struct ttmem_pool_books *books;
	unsigned int pools, pool;

	if (account->staged_shapes)
		commit_shapes(account);
	for (pools = account->staged_pools; pools; pools &= pools - 1) {
		pool = __ffs(pools);
		staged = &account->pools[pool].staged;
		books = ledger_store(ledger, account, pool, staged, staged->used);
		books_watch(ledger, books, pool);
	}
	ttmem_account_unstage(account);
	account->updated_ns = now_ns;
	ledger->updated_ns = now_ns;
}

/**
 * ttmem_ledger_add_page - let a client keep its figures in a page
 * @ledger: the books of the chip
 * @account: an account that joined and has no page yet
 * @page: an entry for each pool, all zero; written to by the client from now on
 */
void ttmem_ledger_add_page(struct ttmem_ledger *ledger, struct ttmem_account *account,
			   const struct ttmem_page_pool *page)
{
	account->page = page;
	list_add_tail(&account->page_node, &ledger->pages);
}

/**
 * ttmem_ledger_take_page - take over what a client's page says
 * @ledger: the books of the chip
 * @account: an account with a page
 * @pools: bits of the pools that the page has news of; then, of those that were taken over
 * @now_ns: CLOCK_MONOTONIC
 *
 * What is refused, because it is torn or absurd, changes nothing and is not looked at again until
 * the client has written something else: the last good values stay. When all pages have been taken
 * over, the caller calls ttmem_ledger_watch().
 *
 * Return: 0, or the error of a pool that was refused, see ttmem_account_read_page().
 */
int ttmem_ledger_take_page(struct ttmem_ledger *ledger, struct ttmem_account *account,
			   unsigned int *pools, u64 now_ns)
{
	unsigned int pool, news, taken = 0;
	struct ttmem_holding holding;
	int ret, error = 0;
	u64 peak;

	for (news = *pools; news; news &= news - 1) {
		pool = __ffs(news);
		ret = ttmem_account_read_page(account, pool, &holding, &peak);
		if (ret) {
			account->refused_pools |= BIT(pool);
			error = ret;
			continue;
		}
		ledger_store(ledger, account, pool, &holding, peak);
		taken |= BIT(pool);
	}
	if (taken) {
		account->refused_pools &= ~taken;
		account->updated_ns = now_ns;
		ledger->updated_ns = now_ns;
	}
	*pools = taken;
	return error;
}

/**
 * ttmem_ledger_fail - an allocation has failed
 * @ledger: the books of the chip
 * @account: whose it was; NULL if it has no account
 * @pool: where from
 * @bank_bytes: bytes that were asked for in each bank
 * @now_ns: CLOCK_MONOTONIC
 */
void ttmem_ledger_fail(struct ttmem_ledger *ledger, const struct ttmem_account *account,
		       enum ttmem_pool pool, u64 bank_bytes, u64 now_ns)
{
	const struct ttmem_account_pool *own = account ? &account->pools[pool] : NULL;
	struct ttmem_last_failure *last = &ledger->last_failure;

	ledger->pools[pool].failures++;
	last->pool = pool;
	last->bank_bytes = bank_bytes;
	last->sized = own && own->shape.sized;
	last->largest_free = last->sized && own->shape.banks ?
			     div_u64(own->held.largest_free, own->shape.banks) : 0;
	last->ns = now_ns;
}

/**
 * ttmem_ledger_set_high - watch for usage to reach a mark
 * @ledger: the books of the chip
 * @pool: a pool
 * @bytes: the mark, or 0 to watch no more
 */
void ttmem_ledger_set_high(struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 bytes)
{
	ledger->pools[pool].high = bytes;
	ledger->pools[pool].crossed = ttmem_ledger_is_high(ledger, pool);
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

/**
 * ttmem_ledger_source - where the geometry that a chip shows comes from
 * @ledger: the books of the chip
 */
enum ttmem_geometry_source ttmem_ledger_source(const struct ttmem_ledger *ledger)
{
	return ledger->pinned ? TTMEM_GEOMETRY_PINNED : ledger->agreement;
}

/**
 * ttmem_ledger_geometry - the geometry that a chip shows
 * @ledger: the books of the chip
 *
 * Return: the geometry, or NULL if it is not known.
 */
const struct ttmem_geometry *ttmem_ledger_geometry(const struct ttmem_ledger *ledger)
{
	if (ledger->pinned)
		return &ledger->pin;
	return ledger->agreement == TTMEM_GEOMETRY_DECLARED ? &ledger->agreed : NULL;
}

static bool memory_total(const struct ttmem_ledger *ledger, enum ttmem_memory memory, u64 *bytes)
{
	const struct ttmem_geometry *geometry = ttmem_ledger_geometry(ledger);

	if (geometry)
		*bytes = ttmem_geometry_capacity(geometry, memory);
	return geometry;
}

/* What no figure of a memory can exceed. */
static u64 memory_ceiling(const struct ttmem_ledger *ledger, enum ttmem_memory memory)
{
	u64 bytes;

	if (memory_total(ledger, memory, &bytes) || memory_nominal(ledger, memory, &bytes))
		return bytes;
	return U64_MAX;
}

/* The widest and the tightest account are known. */
static struct ttmem_pool_books *settled_books(struct ttmem_ledger *ledger, enum ttmem_pool pool)
{
	struct ttmem_pool_books *books = &ledger->pools[pool];
	const struct ttmem_account *account;

	if (!books->unsettled)
		return books;
	books->unsettled = false;
	books->widest = NULL;
	books->tightest = NULL;
	list_for_each_entry(account, &ledger->accounts, node)
		if (account->pools[pool].shape.sized)
			books_compare(books, account, pool);
	return books;
}

/* A client's region may be larger than the total that others agreed on: cut it, too. */
static bool pool_allocatable(struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 *bytes)
{
	const struct ttmem_account *widest = settled_books(ledger, pool)->widest;

	if (!widest)
		return false;
	*bytes = min(widest->pools[pool].shape.region,
		     memory_ceiling(ledger, ttmem_pools[pool].memory));
	return true;
}

static bool pool_total(struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 *bytes)
{
	if (ttmem_pool_shows(pool, TTMEM_NOMINAL))
		return memory_total(ledger, ttmem_pools[pool].memory, bytes);
	return pool_allocatable(ledger, pool, bytes);
}

/* What a pool's usage is cut at. */
static u64 pool_ceiling(struct ttmem_ledger *ledger, enum ttmem_pool pool)
{
	u64 bytes;

	if (ttmem_pool_has_region(pool) && pool_total(ledger, pool, &bytes))
		return bytes;
	return memory_ceiling(ledger, ttmem_pools[pool].memory);
}

static u64 pool_used(struct ttmem_ledger *ledger, enum ttmem_pool pool)
{
	return min(ledger->pools[pool].used, pool_ceiling(ledger, pool));
}

static bool pool_free(struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 *bytes)
{
	if (!pool_allocatable(ledger, pool, bytes))
		return false;
	*bytes = less(*bytes, pool_used(ledger, pool));
	return true;
}

static bool pool_largest_free(struct ttmem_ledger *ledger, enum ttmem_pool pool, u64 *bytes)
{
	if (!pool_free(ledger, pool, bytes))
		return false;
	*bytes = min(*bytes, ledger->pools[pool].tightest->pools[pool].held.largest_free);
	return true;
}

/* What of a memory is in no allocator's hands; unknown unless each of its pools is known. */
static bool memory_reserved(struct ttmem_ledger *ledger, enum ttmem_memory memory, u64 *bytes)
{
	u64 allocatable;
	int pool;

	if (!memory_total(ledger, memory, bytes))
		return false;
	for (pool = 0; pool < TTMEM_NR_POOLS; pool++) {
		if (ttmem_pools[pool].memory != memory || !ttmem_pool_has_region(pool))
			continue;
		if (!pool_allocatable(ledger, pool, &allocatable))
			return false;
		*bytes = less(*bytes, allocatable);
	}
	return true;
}

/**
 * ttmem_ledger_is_high - has usage, as it is shown, reached the mark?
 * @ledger: the books of the chip
 * @pool: a pool
 */
bool ttmem_ledger_is_high(struct ttmem_ledger *ledger, enum ttmem_pool pool)
{
	u64 high = ledger->pools[pool].high;

	return high && pool_used(ledger, pool) >= high;
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
bool ttmem_ledger_figure(struct ttmem_ledger *ledger, enum ttmem_pool pool,
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
		if (!settled_books(ledger, pool)->widest)
			return false;
		*value = books->widest->pools[pool].shape.banks;
		return true;
	case TTMEM_ALLOC_FAILURES:
		*value = books->failures;
		return true;
	case TTMEM_HIGH:
		*value = books->high;
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
u64 ttmem_ledger_oversubscribed(struct ttmem_ledger *ledger, enum ttmem_pool pool)
{
	return less(ledger->pools[pool].used, pool_ceiling(ledger, pool));
}
