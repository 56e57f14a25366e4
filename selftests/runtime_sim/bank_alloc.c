// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>

#include "bank_alloc.h"

static struct bank_block *block_new(__u64 address, __u64 bytes)
{
	struct bank_block *block = calloc(1, sizeof(*block));

	if (block) {
		block->address = address;
		block->bytes = bytes;
	}
	return block;
}

/**
 * bank_alloc_init - start with a free range
 * @alloc: to be initialised
 * @base: its first address
 * @bytes: its length; 0 is a pool that is not set up
 * @align: alignment, which @base and @bytes must have
 * @fit: how to choose a free block
 *
 * Return: 0, -EINVAL if the range is not aligned, -ENOMEM.
 */
int bank_alloc_init(struct bank_alloc *alloc, __u64 base, __u64 bytes, __u64 align,
		    enum bank_fit fit)
{
	struct bank_block *block;

	if (!align || base % align || bytes % align)
		return -EINVAL;

	TAILQ_INIT(&alloc->blocks);
	alloc->bytes = bytes;
	alloc->align = align;
	alloc->allocated = 0;
	alloc->fit = fit;
	if (!bytes)
		return 0;

	block = block_new(base, bytes);
	if (!block)
		return -ENOMEM;
	TAILQ_INSERT_HEAD(&alloc->blocks, block, link);
	return 0;
}

/* Forget the range and whatever is still allocated in it. */
void bank_alloc_exit(struct bank_alloc *alloc)
{
	struct bank_block *block;

	while ((block = TAILQ_FIRST(&alloc->blocks))) {
		TAILQ_REMOVE(&alloc->blocks, block, link);
		free(block);
	}
}

static struct bank_block *first_block(const struct bank_alloc *alloc, enum bank_end end)
{
	if (end == FROM_TOP)
		return TAILQ_LAST(&alloc->blocks, bank_block_list);
	return TAILQ_FIRST(&alloc->blocks);
}

static struct bank_block *next_block(const struct bank_block *block, enum bank_end end)
{
	if (end == FROM_TOP)
		return TAILQ_PREV(block, bank_block_list, link);
	return TAILQ_NEXT(block, link);
}

static struct bank_block *choose(const struct bank_alloc *alloc, __u64 bytes, enum bank_end end)
{
	struct bank_block *block, *best = NULL;

	for (block = first_block(alloc, end); block; block = next_block(block, end)) {
		if (block->used || block->bytes < bytes)
			continue;
		if (!best || block->bytes < best->bytes)
			best = block;
		if (alloc->fit == FIT_FIRST)
			break;
	}
	return best;
}

/* Keep @bytes in @block and put the rest into a new one above it. */
static int split(struct bank_alloc *alloc, struct bank_block *block, __u64 bytes)
{
	struct bank_block *rest = block_new(block->address + bytes, block->bytes - bytes);

	if (!rest)
		return -ENOMEM;
	block->bytes = bytes;
	TAILQ_INSERT_AFTER(&alloc->blocks, block, rest, link);
	return 0;
}

static void merge(struct bank_alloc *alloc, struct bank_block *low, struct bank_block *high)
{
	if (!low || !high || low->used || high->used)
		return;
	low->bytes += high->bytes;
	TAILQ_REMOVE(&alloc->blocks, high, link);
	free(high);
}

/**
 * bank_alloc_get - allocate
 * @alloc: a range
 * @bytes: how much, in each bank
 * @end: which end to keep to
 * @address: where to put the address
 *
 * Return: 0, -EINVAL for no bytes, -ENOSPC if no free block is large enough, -ENOMEM.
 */
int bank_alloc_get(struct bank_alloc *alloc, __u64 bytes, enum bank_end end, __u64 *address)
{
	struct bank_block *block;

	if (!bytes)
		return -EINVAL;
	/* The length of the range is aligned, so what is not longer can be rounded up. */
	if (bytes > alloc->bytes)
		return -ENOSPC;
	bytes = (bytes + alloc->align - 1) / alloc->align * alloc->align;

	block = choose(alloc, bytes, end);
	if (!block)
		return -ENOSPC;
	if (block->bytes > bytes) {
		__u64 rest = block->bytes - bytes;

		if (split(alloc, block, end == FROM_TOP ? rest : bytes))
			return -ENOMEM;
		if (end == FROM_TOP)
			block = TAILQ_NEXT(block, link);
	}
	block->used = true;
	alloc->allocated += bytes;
	*address = block->address;
	return 0;
}

static struct bank_block *find_used(const struct bank_alloc *alloc, __u64 address)
{
	struct bank_block *block;

	TAILQ_FOREACH(block, &alloc->blocks, link)
		if (block->used && block->address == address)
			return block;
	return NULL;
}

/**
 * bank_alloc_put - free
 * @alloc: a range
 * @address: what bank_alloc_get() gave
 *
 * Return: 0, -ENOENT if no allocation begins there, so also for what was freed already.
 */
int bank_alloc_put(struct bank_alloc *alloc, __u64 address)
{
	struct bank_block *block = find_used(alloc, address);

	if (!block)
		return -ENOENT;

	block->used = false;
	alloc->allocated -= block->bytes;
	merge(alloc, block, TAILQ_NEXT(block, link));
	merge(alloc, TAILQ_PREV(block, bank_block_list, link), block);
	return 0;
}

void bank_alloc_stats(const struct bank_alloc *alloc, struct bank_stats *stats)
{
	const struct bank_block *block;

	stats->allocatable = alloc->bytes;
	stats->allocated = alloc->allocated;
	stats->free = alloc->bytes - alloc->allocated;
	stats->largest_free = 0;
	TAILQ_FOREACH(block, &alloc->blocks, link)
		if (!block->used && block->bytes > stats->largest_free)
			stats->largest_free = block->bytes;
}

/* The lowest allocated address; beyond every range if nothing is allocated. */
__u64 bank_alloc_lowest(const struct bank_alloc *alloc)
{
	const struct bank_block *block;

	TAILQ_FOREACH(block, &alloc->blocks, link)
		if (block->used)
			return block->address;
	return ~0ULL;
}
