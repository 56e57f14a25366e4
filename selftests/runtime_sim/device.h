/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A chip as a runtime sees it: its pools with their allocators, the buffers in them by name, and
 * the program cache.
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <linux/ttmem.h>
#include <linux/types.h>
#include <stdbool.h>
#include <sys/queue.h>

#include "bank_alloc.h"
#include "board.h"
#include "old_books.h"
#include "program.h"

#define NR_POOLS	(TTMEM_POOL_TRACE + 1)

struct gateway;

/**
 * struct pool - one kind of memory of a chip
 * @alloc: allocator of one bank
 * @banks: number of banks, 0 if the pool is not set up
 * @end: where its buffers go unless they ask for the other end
 */
struct pool {
	struct bank_alloc alloc;
	__u32 banks;
	enum bank_end end;
};

struct buffer {
	LIST_ENTRY(buffer) link;
	char *name;
	enum ttmem_pool pool;
	__u64 address;
};

LIST_HEAD(buffer_list, buffer);

/**
 * struct chip - one chip
 * @gateway: how it is reached
 * @uid: its unique id
 * @index: which of its gateway's chips it is to the driver; 0 for a remote one without a driver
 * @changed: it has not been reported since
 * @board: what kind of chip
 * @pools: by &enum ttmem_pool; circular buffers have no region of their own, so theirs is empty
 * @buffers: everything that is allocated
 * @programs: everything that was compiled, and the circular buffers
 * @old_books: the wrong figure, for comparison
 */
struct chip {
	struct gateway *gateway;
	__u64 uid;
	unsigned int index;
	bool changed;
	struct board board;
	struct pool pools[NR_POOLS];
	struct buffer_list buffers;
	struct program_cache programs;
	struct old_books old_books;
};

/**
 * struct chip_config - what a user of the runtime can choose
 * @fit: how allocators choose a free block
 * @l1_small_bytes: size of the region for small buffers at the top of each core's L1
 * @trace_bytes: size of the trace region at the top of each DRAM bank
 */
struct chip_config {
	enum bank_fit fit;
	__u64 l1_small_bytes;
	__u64 trace_bytes;
};

/**
 * struct buffer_request - a buffer to be allocated
 * @name: its name, unique on the chip
 * @pool: where
 * @bytes: size of the whole buffer, over all banks
 * @page_bytes: what is put into one bank before the next one's turn
 * @end: which end of the pool to keep to
 */
struct buffer_request {
	const char *name;
	enum ttmem_pool pool;
	__u64 bytes;
	__u64 page_bytes;
	enum bank_end end;
};

/* No size may be larger: it keeps every sum and product within 64 bits. */
#define MAX_BYTES	(256ULL << 40)

extern const char * const pool_names[NR_POOLS];

int chip_init(struct chip *chip, const struct board *board, const struct chip_config *config);
void chip_exit(struct chip *chip);
__u64 chip_bank_share(const struct chip *chip, const struct buffer_request *request);
int chip_alloc(struct chip *chip, const struct buffer_request *request);
int chip_free(struct chip *chip, const char *name);
int chip_compile(struct chip *chip, const struct program *program,
		 const struct buffer_request *output);
int chip_run(struct chip *chip, const char *name);
void chip_pool_stats(const struct chip *chip, enum ttmem_pool pool, struct bank_stats *stats);
void chip_geometry(const struct chip *chip, struct ttmem_geometry *geometry);
void chip_report(const struct chip *chip, struct ttmem_report_entry entries[NR_POOLS]);

#endif /* DEVICE_H */
