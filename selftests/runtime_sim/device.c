// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

const char * const pool_names[NR_POOLS] = {
	[TTMEM_POOL_L1] = "l1",
	[TTMEM_POOL_L1_SMALL] = "l1_small",
	[TTMEM_POOL_CB] = "cb",
	[TTMEM_POOL_DRAM] = "dram",
	[TTMEM_POOL_TRACE] = "trace",
};

static int pool_init(struct chip *chip, enum ttmem_pool which, __u32 banks, __u64 base, __u64 bytes,
		     enum bank_fit fit)
{
	struct pool *pool = &chip->pools[which];

	pool->banks = bytes ? banks : 0;
	/* As tt-metal does: in L1 down towards the circular buffers, in DRAM up. */
	pool->end = which == TTMEM_POOL_L1 || which == TTMEM_POOL_L1_SMALL ? FROM_TOP : FROM_BOTTOM;
	return bank_alloc_init(&pool->alloc, base, bytes, chip->board.arch->align, fit);
}

/**
 * chip_init - an idle chip
 * @chip: zeroed; chip_exit() is due even after a failure
 * @board: what kind of chip
 * @config: how to set it up
 *
 * Return: 0, -EINVAL if L1_SMALL or the trace region is not aligned, -E2BIG if it leaves nothing of
 * L1 or DRAM, -ENOMEM.
 */
int chip_init(struct chip *chip, const struct board *board, const struct chip_config *config)
{
	const struct arch *arch = board->arch;
	__u64 l1_end, dram_end;
	__u32 l1_banks;
	unsigned int i;
	int err;

	chip->board = *board;
	LIST_INIT(&chip->buffers);
	for (i = 0; i < NR_POOLS; i++)
		pool_init(chip, i, 0, 0, 0, config->fit);

	if (config->l1_small_bytes >= arch->l1_core_bytes - arch->l1_base ||
	    config->trace_bytes >= arch->dram_bank_bytes - arch->dram_reserved)
		return -E2BIG;
	l1_banks = board->tensix_enabled - arch->dispatch_cores;
	l1_end = arch->l1_core_bytes - config->l1_small_bytes;
	dram_end = arch->dram_bank_bytes - config->trace_bytes;

	err = pool_init(chip, TTMEM_POOL_L1, l1_banks, arch->l1_base, l1_end - arch->l1_base,
			config->fit);
	if (!err)
		err = pool_init(chip, TTMEM_POOL_L1_SMALL, l1_banks, l1_end, config->l1_small_bytes,
				config->fit);
	if (!err)
		err = pool_init(chip, TTMEM_POOL_DRAM, board->dram_banks, arch->dram_reserved,
				dram_end - arch->dram_reserved, config->fit);
	if (!err)
		err = pool_init(chip, TTMEM_POOL_TRACE, board->dram_banks, dram_end,
				config->trace_bytes, config->fit);
	if (!err)
		err = program_cache_init(&chip->programs, l1_banks, arch->l1_base, l1_end);
	return err;
}

static void buffer_forget(struct buffer *buffer)
{
	LIST_REMOVE(buffer, link);
	free(buffer->name);
	free(buffer);
}

void chip_exit(struct chip *chip)
{
	unsigned int i;

	while (!LIST_EMPTY(&chip->buffers))
		buffer_forget(LIST_FIRST(&chip->buffers));
	program_cache_exit(&chip->programs);
	for (i = 0; i < NR_POOLS; i++)
		bank_alloc_exit(&chip->pools[i].alloc);
}

static struct buffer *buffer_find(const struct chip *chip, const char *name)
{
	struct buffer *buffer;

	LIST_FOREACH(buffer, &chip->buffers, link)
		if (!strcmp(buffer->name, name))
			return buffer;
	return NULL;
}

static __u64 divide_up(__u64 n, __u64 by)
{
	return n / by + !!(n % by);
}

/**
 * chip_bank_share - bytes that a buffer takes in each bank
 * @chip: the chip
 * @request: the buffer; its page is not 0, its pool is set up
 *
 * Pages are aligned and dealt out to the banks one by one. Since all banks take what the fullest
 * one needs, it can be far more than the buffer's size.
 */
__u64 chip_bank_share(const struct chip *chip, const struct buffer_request *request)
{
	const struct pool *pool = &chip->pools[request->pool];
	__u64 pages = divide_up(request->bytes, request->page_bytes);
	__u64 page = divide_up(request->page_bytes, pool->alloc.align) * pool->alloc.align;

	return divide_up(pages, pool->banks) * page;
}

/**
 * chip_alloc - allocate a buffer
 * @chip: the chip
 * @request: what is wanted; sizes are at most MAX_BYTES
 *
 * Return: 0, -EINVAL for no bytes, -ENODEV if the pool is not set up, -EEXIST for a name in use,
 * -ENOSPC if it does not fit, -ENOMEM.
 */
int chip_alloc(struct chip *chip, const struct buffer_request *request)
{
	struct pool *pool = &chip->pools[request->pool];
	struct buffer *buffer;
	int err;

	if (!pool->banks)
		return -ENODEV;
	if (!request->bytes || !request->page_bytes)
		return -EINVAL;
	if (buffer_find(chip, request->name))
		return -EEXIST;

	buffer = calloc(1, sizeof(*buffer));
	if (!buffer)
		return -ENOMEM;
	buffer->pool = request->pool;
	buffer->name = strdup(request->name);
	err = -ENOMEM;
	if (buffer->name)
		err = bank_alloc_get(&pool->alloc, chip_bank_share(chip, request), request->end,
				     &buffer->address);
	if (err) {
		free(buffer->name);
		free(buffer);
		return err;
	}
	LIST_INSERT_HEAD(&chip->buffers, buffer, link);
	return 0;
}

/* Return: 0, -ENOENT if there is no such buffer. */
int chip_free(struct chip *chip, const char *name)
{
	struct buffer *buffer = buffer_find(chip, name);
	int err;

	if (!buffer)
		return -ENOENT;
	err = bank_alloc_put(&chip->pools[buffer->pool].alloc, buffer->address);
	buffer_forget(buffer);
	return err;
}

/**
 * chip_compile - compile a program and allocate what it puts out
 * @chip: the chip
 * @program: its name, circular buffers and cores
 * @output: the L1 buffer that it writes to; no bytes for none
 *
 * Return: 0, or an error of program_compile() or chip_alloc(), and nothing has changed.
 */
int chip_compile(struct chip *chip, const struct program *program,
		 const struct buffer_request *output)
{
	int err;

	if (program_find(&chip->programs, program->name))
		return -EEXIST;
	if (output->bytes) {
		err = chip_alloc(chip, output);
		if (err)
			return err;
	}
	err = program_compile(&chip->programs, program->name, program->cb_core_bytes,
			      program->cores);
	if (err) {
		if (output->bytes)
			chip_free(chip, output->name);
		return err;
	}
	old_books_compile(&chip->old_books, program->cb_core_bytes, program->cores, output->bytes);
	return 0;
}

int chip_run(struct chip *chip, const char *name)
{
	return program_run(&chip->programs, name,
			   bank_alloc_lowest(&chip->pools[TTMEM_POOL_L1].alloc));
}

/* Figures of one bank. */
void chip_pool_stats(const struct chip *chip, enum ttmem_pool pool, struct bank_stats *stats)
{
	bank_alloc_stats(&chip->pools[pool].alloc, stats);
}

void chip_geometry(const struct chip *chip, struct ttmem_geometry *geometry)
{
	const struct board *board = &chip->board;

	*geometry = (struct ttmem_geometry) {
		.chip_uid = chip->uid,
		.tensix_enabled = board->tensix_enabled,
		.tensix_harvest_mask = board->tensix_harvest_mask,
		.l1_core_bytes = board->arch->l1_core_bytes,
		.dram_banks_enabled = board->dram_banks,
		.dram_bank_bytes = board->arch->dram_bank_bytes,
	};
}

/* All pools as a report wants them: an entry of a pool that is not set up says just that. */
void chip_report(const struct chip *chip, struct ttmem_report_entry entries[NR_POOLS])
{
	struct bank_stats stats;
	unsigned int i;

	for (i = 0; i < NR_POOLS; i++) {
		chip_pool_stats(chip, i, &stats);
		entries[i] = (struct ttmem_report_entry) {
			.chip = chip->index,
			.pool = i,
			.banks = chip->pools[i].banks,
			.bank_bytes = stats.allocatable,
			.allocated_bytes = stats.allocated,
			.largest_free_bytes = stats.largest_free,
		};
	}
	entries[TTMEM_POOL_CB].flags = TTMEM_REPORT_WHOLE_POOL;
	entries[TTMEM_POOL_CB].allocated_bytes = program_cb_used(&chip->programs);
}
