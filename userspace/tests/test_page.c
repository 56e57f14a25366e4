// SPDX-License-Identifier: GPL-2.0-only
/*
 * Updates of a ledger page, seen from the driver's side: whatever happens to who makes them, what
 * the page says is whole.
 */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "libttmem.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define BANK_BYTES	1395424
#define UPDATES		200000

/* As the driver reads: it is not certain before the number is still the same. */
static bool read_pool(const struct ttmem_page_pool *pool, uint32_t *sequence,
		      struct ttmem_page_figures *figures)
{
	const struct ttmem_page_figures *slot;

	*sequence = __atomic_load_n(&pool->sequence, __ATOMIC_ACQUIRE);
	slot = &pool->figures[*sequence & 1];
	figures->allocated_bytes = __atomic_load_n(&slot->allocated_bytes, __ATOMIC_RELAXED);
	figures->largest_free_bytes = __atomic_load_n(&slot->largest_free_bytes, __ATOMIC_RELAXED);
	figures->peak_bytes = __atomic_load_n(&slot->peak_bytes, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&pool->sequence, __ATOMIC_RELAXED) == *sequence;
}

static void assert_pool(const struct ttmem_page_pool *pool, uint32_t number, uint64_t allocated,
			uint64_t largest_free, uint64_t peak)
{
	struct ttmem_page_figures figures;
	uint32_t sequence;

	assert_true(read_pool(pool, &sequence, &figures));
	assert_int_equal(sequence, number);
	assert_int_equal(figures.allocated_bytes, allocated);
	assert_int_equal(figures.largest_free_bytes, largest_free);
	assert_int_equal(figures.peak_bytes, peak);
	assert_int_equal(pool->reserved, 0);
	assert_int_equal(pool->reserved2, 0);
}

/* ---- figures ------------------------------------------------------------------------------- */

static void test_update(void **state)
{
	struct ttmem_page_pool pool = {};

	(void)state;
	assert_pool(&pool, 0, 0, 0, 0);
	ttmem_page_update(&pool, 4096, 1391328);
	assert_pool(&pool, 1, 4096, 1391328, 4096);
	ttmem_page_update(&pool, UINT64_MAX, 0xfedcba9876543210);
	assert_pool(&pool, 2, UINT64_MAX, 0xfedcba9876543210, UINT64_MAX);
}

static void test_peak_is_kept(void **state)
{
	struct ttmem_page_pool pool = {};

	(void)state;
	ttmem_page_update(&pool, 4096, 10);
	ttmem_page_update(&pool, 1024, 20);
	assert_pool(&pool, 2, 1024, 20, 4096);
	ttmem_page_update(&pool, 2048, 30);
	assert_pool(&pool, 3, 2048, 30, 4096);
	ttmem_page_update(&pool, 1ULL << 40, 40);
	ttmem_page_update(&pool, 0, 50);
	assert_pool(&pool, 5, 0, 50, 1ULL << 40);
}

/* It says nothing new: what was reported meanwhile stays the last word. */
static void test_reset_peak(void **state)
{
	struct ttmem_page_pool pool = {};

	(void)state;
	ttmem_page_reset_peak(&pool);
	assert_pool(&pool, 0, 0, 0, 0);
	ttmem_page_update(&pool, 4096, 10);
	ttmem_page_update(&pool, 1024, 20);
	ttmem_page_reset_peak(&pool);
	assert_pool(&pool, 2, 1024, 20, 1024);
	ttmem_page_update(&pool, 512, 30);
	assert_pool(&pool, 3, 512, 30, 1024);
}

static void test_sequence_wraps(void **state)
{
	struct ttmem_page_pool pool = { .sequence = UINT32_MAX - 1 };

	(void)state;
	ttmem_page_update(&pool, 1, 10);
	ttmem_page_update(&pool, 2, 20);
	assert_pool(&pool, 0, 2, 20, 2);
	ttmem_page_update(&pool, 1, 10);
	assert_pool(&pool, 1, 1, 10, 2);
}

/* ---- a stop in the middle ------------------------------------------------------------------ */

/* Sizes that have no byte in common, so that half of one is none of them. */
static const struct ttmem_page_figures steps[] = {
	{ 0, 0, 0 },
	{ 0x1111111111111111, 0x2222222222222222, 0x1111111111111111 },
	{ 0x4444444444444444, 0x3333333333333333, 0x4444444444444444 },
	{ 0x0101010101010101, 0x5555555555555555, 0x4444444444444444 },
	{ 0x8888888888888888, 0x6666666666666666, 0x8888888888888888 },
};

static void updates_under_trace(struct ttmem_page_pool *pool)
{
	size_t i;

	if (ptrace(PTRACE_TRACEME, 0, NULL, NULL))
		_exit(1);
	raise(SIGSTOP);
	for (i = 1; i < ARRAY_SIZE(steps); i++)
		ttmem_page_update(pool, steps[i].allocated_bytes, steps[i].largest_free_bytes);
	_exit(0);
}

/* After each single instruction. */
static void test_stopped_anywhere(void **state)
{
	struct ttmem_page_pool *pool;
	struct ttmem_page_figures figures;
	uint32_t sequence = 0;
	int status;
	pid_t pid;

	(void)state;
	pool = mmap(NULL, sizeof(*pool), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_true(pool != MAP_FAILED);
	pid = fork();
	assert_true(pid >= 0);
	if (!pid)
		updates_under_trace(pool);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	while (WIFSTOPPED(status)) {
		assert_true(read_pool(pool, &sequence, &figures));
		assert_in_range(sequence, 0, ARRAY_SIZE(steps) - 1);
		assert_memory_equal(&figures, &steps[sequence], sizeof(figures));
		assert_int_equal(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL), 0);
		assert_int_equal(waitpid(pid, &status, 0), pid);
	}
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	assert_int_equal(sequence, ARRAY_SIZE(steps) - 1);
	munmap(pool, sizeof(*pool));
}

/* ---- at the same time ---------------------------------------------------------------------- */

static void *update_many_times(void *arg)
{
	uint64_t allocated;
	unsigned int i;

	for (i = 1; i <= UPDATES; i++) {
		allocated = i % BANK_BYTES;
		ttmem_page_update(arg, allocated, BANK_BYTES - allocated);
	}
	return NULL;
}

static void test_read_meanwhile(void **state)
{
	struct ttmem_page_pool pool = { .figures[0].largest_free_bytes = BANK_BYTES };
	struct ttmem_page_figures figures;
	uint32_t sequence = 0;
	pthread_t writer;

	(void)state;
	assert_int_equal(pthread_create(&writer, NULL, update_many_times, &pool), 0);
	while (sequence != UPDATES) {
		if (!read_pool(&pool, &sequence, &figures))
			continue;
		assert_int_equal(figures.allocated_bytes, sequence);
		assert_int_equal(figures.largest_free_bytes, BANK_BYTES - sequence);
		assert_int_equal(figures.peak_bytes, sequence);
	}
	assert_int_equal(pthread_join(writer, NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_update),
		cmocka_unit_test(test_peak_is_kept),
		cmocka_unit_test(test_reset_peak),
		cmocka_unit_test(test_sequence_wraps),
		cmocka_unit_test(test_stopped_anywhere),
		cmocka_unit_test(test_read_meanwhile),
	};

	return cmocka_run_group_tests_name("libttmem page", tests, NULL, NULL);
}
