/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * To map a ledger page, and to write into it what libttmem would, or what it never would.
 */
#ifndef TTMEM_PAGE_H
#define TTMEM_PAGE_H

#include <sys/mman.h>

#include "ttmem_test.h"

/* The error of mapping a page, 0 if there is none. */
static inline int page_map_error(int fd, __u64 offset, size_t size, int prot, int flags)
{
	void *memory = mmap(NULL, size, prot, flags, fd, offset);

	if (memory == MAP_FAILED)
		return errno;
	munmap(memory, size);
	return 0;
}

/* NULL if it cannot be mapped. */
static inline struct ttmem_page_pool *page_map(int fd, unsigned int chip)
{
	struct ttmem_query answer = { .size = sizeof(answer), .chip = chip };
	void *memory;

	if (call(fd, TTMEM_QUERY, &answer) || answer.page_stride != sizeof(struct ttmem_page_pool))
		return NULL;
	memory = mmap(NULL, answer.page_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		      answer.page_offset);
	return memory == MAP_FAILED ? NULL : memory;
}

static inline void page_put(struct ttmem_page_pool *pool, __u64 allocated, __u64 largest_free,
			    __u64 peak)
{
	__u32 next = pool->sequence + 1;
	struct ttmem_page_figures *figures = &pool->figures[next & 1];

	figures->allocated_bytes = allocated;
	figures->largest_free_bytes = largest_free;
	figures->peak_bytes = peak;
	__atomic_store_n(&pool->sequence, next, __ATOMIC_RELEASE);
}

/* As a runtime would: of an n300's L1, nothing of it fragmented. */
static inline void page_put_l1(struct ttmem_page_pool *page, __u64 allocated)
{
	struct ttmem_page_pool *pool = &page[TTMEM_POOL_L1];
	__u64 peak = pool->figures[pool->sequence & 1].peak_bytes;

	page_put(pool, allocated, N300_BANK - allocated, peak > allocated ? peak : allocated);
}

/* A client with a page, by itself. */
static inline struct ttmem_page_pool *page_open(int *fd)
{
	*fd = chip_open(WORMHOLE, O_RDWR);
	return report_n300_l1(*fd, 1) ? NULL : page_map(*fd, TTMEM_CHIP_LOCAL);
}

static inline int page_look(int fd)
{
	struct ttmem_look look = { .size = sizeof(look) };

	return call(fd, TTMEM_LOOK, &look);
}

#endif /* TTMEM_PAGE_H */
