/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An allocator for memory that is cut into equal banks.
 *
 * The banks move in lockstep: an allocation takes the same addresses in every bank. So there is one
 * range of addresses, that of a bank, and every figure here is that of one bank.
 */
#ifndef BANK_ALLOC_H
#define BANK_ALLOC_H

#include <linux/types.h>
#include <stdbool.h>
#include <sys/queue.h>

/**
 * enum bank_fit - which free block an allocation is taken from
 * @FIT_FIRST: the first one that is large enough, seen from the end that the allocation asks for
 * @FIT_BEST: the smallest one that is large enough; of equal ones, the first
 */
enum bank_fit {
	FIT_FIRST,
	FIT_BEST,
};

/* Which end of the range, and of the chosen free block, an allocation keeps to. */
enum bank_end {
	FROM_BOTTOM,
	FROM_TOP,
};

/* A stretch of the range, allocated or free. Two neighbours are never both free. */
struct bank_block {
	TAILQ_ENTRY(bank_block) link;
	__u64 address;
	__u64 bytes;
	bool used;
};

TAILQ_HEAD(bank_block_list, bank_block);

/**
 * struct bank_alloc - one range of addresses
 * @blocks: all of it, by address and without gaps; empty if @bytes is 0
 * @bytes: length of the range
 * @align: alignment of the range and of each block; allocations are rounded up to it
 * @allocated: bytes in used blocks
 * @fit: how a free block is chosen
 */
struct bank_alloc {
	struct bank_block_list blocks;
	__u64 bytes;
	__u64 align;
	__u64 allocated;
	enum bank_fit fit;
};

/* The words are those of tt-metal's Allocator::get_statistics(). */
struct bank_stats {
	__u64 allocatable;
	__u64 allocated;
	__u64 free;
	__u64 largest_free;
};

int bank_alloc_init(struct bank_alloc *alloc, __u64 base, __u64 bytes, __u64 align,
		    enum bank_fit fit);
void bank_alloc_exit(struct bank_alloc *alloc);
int bank_alloc_get(struct bank_alloc *alloc, __u64 bytes, enum bank_end end, __u64 *address);
int bank_alloc_put(struct bank_alloc *alloc, __u64 address);
void bank_alloc_stats(const struct bank_alloc *alloc, struct bank_stats *stats);
__u64 bank_alloc_lowest(const struct bank_alloc *alloc);

#endif /* BANK_ALLOC_H */
