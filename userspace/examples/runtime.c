// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A runtime that reports its memory, as small as it can be
 *
 *	cc runtime.c -o runtime -pthread $(pkg-config --cflags --libs libttmem)
 *	./runtime [N]
 *
 * N is that of /dev/tenstorrent/N. Without the driver the runtime does the same, and nobody hears
 * of it. It holds what it has allocated until its input ends.
 */
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libttmem.h>

#define MIB		(1024ULL * 1024)
#define ALIGNMENT	32
#define NR_POOLS	5

/* What the user-mode driver has found out of a chip of an n300 board. */
static const struct ttmem_geometry chip = {
	.tensix_enabled = 64,
	.tensix_harvest_mask = 0x41,
	.l1_core_bytes = 1499136,
	.dram_banks_enabled = 12,
	.dram_bank_bytes = 1ULL << 30,
};

/**
 * struct pool - an allocator, the simplest there is: what is freed is what was allocated last
 * @lock: covers what follows
 * @state: what it holds, of one bank. All banks move in lockstep: what is taken in one is taken in
 *	all. It is kept as it is reported
 * @page: where to say so without a call; NULL if there is no ledger page
 */
struct pool {
	pthread_mutex_t lock;
	struct ttmem_report_entry state;
	struct ttmem_page_pool *page;
};

/**
 * struct runtime - a runtime with one chip
 * @handle: through which it reports; NULL without the driver
 * @page: the ledger page of the chip
 * @pools: by &enum ttmem_pool
 */
struct runtime {
	struct ttmem *handle;
	struct ttmem_page page;
	struct pool pools[NR_POOLS];
};

/* ---- reporting ----------------------------------------------------------------------------- */

/* It is a courtesy to others: whatever goes wrong, the runtime goes on. */
static void complain(const char *what, int err)
{
	if (err)
		fprintf(stderr, "runtime: %s: %s\n", what, strerror(-err));
}

/* From now on allocations are seen; all that is needed is here and in pool_changed(). */
static void start_reporting(struct runtime *runtime, unsigned int ordinal)
{
	struct ttmem_report_entry all[NR_POOLS];
	int i, err;

	err = ttmem_open(&runtime->handle, ordinal);
	if (err) {
		complain("not reporting", err);
		return;
	}

	complain("declaration", ttmem_declare(runtime->handle, TTMEM_CHIP_LOCAL, &chip));
	for (i = 0; i < NR_POOLS; i++)
		all[i] = runtime->pools[i].state;
	err = ttmem_report(runtime->handle, all, NR_POOLS, sizeof(all[0]));
	if (err) {
		complain("report", err);
		return;
	}

	complain("ledger page", ttmem_page_map(runtime->handle, TTMEM_CHIP_LOCAL, &runtime->page));
	for (i = 0; i < NR_POOLS; i++)
		runtime->pools[i].page = ttmem_page_pool(&runtime->page, i);
}

/* Called under the lock of the pool, so that the last word is the right one. */
static void pool_changed(struct runtime *runtime, struct pool *pool)
{
	const struct ttmem_report_entry *state = &pool->state;

	if (pool->page)
		ttmem_page_update(pool->page, state->allocated_bytes, state->largest_free_bytes);
	else
		ttmem_report(runtime->handle, state, 1, sizeof(*state));
}

static void stop_reporting(struct runtime *runtime)
{
	int i;

	for (i = 0; i < NR_POOLS; i++)
		runtime->pools[i].page = NULL;
	ttmem_page_unmap(&runtime->page);
	ttmem_close(runtime->handle);
}

/* ---- the runtime --------------------------------------------------------------------------- */

/* A pool with no banks is not set up; to say so makes its size known to be 0. */
static void pool_set_up(struct pool *pool, enum ttmem_pool kind, unsigned int banks,
			uint64_t bank_bytes)
{
	pthread_mutex_init(&pool->lock, NULL);
	pool->state.pool = kind;
	pool->state.banks = banks;
	pool->state.bank_bytes = bank_bytes;
	pool->state.largest_free_bytes = bank_bytes;
}

/* What a buffer of so many bytes takes in each bank. */
static uint64_t bank_share(const struct pool *pool, uint64_t bytes)
{
	uint64_t share = (bytes + pool->state.banks - 1) / pool->state.banks;

	return (share + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

static bool allocate(struct runtime *runtime, enum ttmem_pool kind, uint64_t bytes)
{
	struct pool *pool = &runtime->pools[kind];
	struct ttmem_report_entry *state = &pool->state;
	uint64_t share = bank_share(pool, bytes);
	bool fits;

	pthread_mutex_lock(&pool->lock);
	fits = share <= state->largest_free_bytes;
	if (fits) {
		state->allocated_bytes += share;
		state->largest_free_bytes -= share;
		pool_changed(runtime, pool);
	}
	pthread_mutex_unlock(&pool->lock);

	if (!fits)
		ttmem_failure(runtime->handle, TTMEM_CHIP_LOCAL, kind, share);
	return fits;
}

static void release(struct runtime *runtime, enum ttmem_pool kind, uint64_t bytes)
{
	struct pool *pool = &runtime->pools[kind];
	uint64_t share = bank_share(pool, bytes);

	pthread_mutex_lock(&pool->lock);
	pool->state.allocated_bytes -= share;
	pool->state.largest_free_bytes += share;
	pool_changed(runtime, pool);
	pthread_mutex_unlock(&pool->lock);
}

/* A program has placed its circular buffers where those of the program before were. */
static void run_program(struct runtime *runtime, uint64_t core_bytes)
{
	struct pool *pool = &runtime->pools[TTMEM_POOL_CB];

	pthread_mutex_lock(&pool->lock);
	pool->state.allocated_bytes = core_bytes * chip.tensix_enabled;
	pool_changed(runtime, pool);
	pthread_mutex_unlock(&pool->lock);
}

static void wait_for_end_of_input(void)
{
	while (getchar() != EOF)
		;
}

int main(int argc, char **argv)
{
	struct runtime runtime = { .pools[TTMEM_POOL_CB].state.flags = TTMEM_REPORT_WHOLE_POOL };

	pool_set_up(&runtime.pools[TTMEM_POOL_L1], TTMEM_POOL_L1, 64, 1395424);
	pool_set_up(&runtime.pools[TTMEM_POOL_L1_SMALL], TTMEM_POOL_L1_SMALL, 0, 0);
	pool_set_up(&runtime.pools[TTMEM_POOL_CB], TTMEM_POOL_CB, 0, 0);
	pool_set_up(&runtime.pools[TTMEM_POOL_DRAM], TTMEM_POOL_DRAM, 12, 1071181792);
	pool_set_up(&runtime.pools[TTMEM_POOL_TRACE], TTMEM_POOL_TRACE, 0, 0);
	start_reporting(&runtime, argc > 1 ? strtoul(argv[1], NULL, 10) : 0);

	if (!allocate(&runtime, TTMEM_POOL_DRAM, 3072 * MIB) ||
	    !allocate(&runtime, TTMEM_POOL_L1, 40 * MIB) ||
	    !allocate(&runtime, TTMEM_POOL_L1, 24 * MIB))
		return EXIT_FAILURE;
	run_program(&runtime, 147456);
	release(&runtime, TTMEM_POOL_L1, 24 * MIB);
	if (allocate(&runtime, TTMEM_POOL_L1, 64 * MIB))
		return EXIT_FAILURE;
	/* A good time to wake who waits for a change; who only reads needs no call. */
	ttmem_look(runtime.handle);

	puts("ready");
	fflush(stdout);
	wait_for_end_of_input();
	stop_reporting(&runtime);
	return EXIT_SUCCESS;
}
