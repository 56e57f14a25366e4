/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The program cache of a chip, and its circular buffers (CB).
 *
 * A compiled program stays in the cache. It places its circular buffers itself, on each core that
 * it runs on, from the unreserved base of L1 up: all programs at the same addresses.
 *
 * What circular buffers take now: on each core, those of the program that was dispatched to it
 * last, and nothing before the first one. A program that is only cached takes nothing, and one that
 * is dispatched takes the place of what was there, be it larger or smaller.
 */
#ifndef PROGRAM_H
#define PROGRAM_H

#include <linux/types.h>
#include <sys/queue.h>

struct program {
	LIST_ENTRY(program) link;
	char *name;
	__u64 cb_core_bytes;
	__u32 cores;
};

LIST_HEAD(program_list, program);

/**
 * struct program_cache - the programs of a chip
 * @programs: all that were ever compiled
 * @core_cb: bytes that circular buffers take, by core
 * @cores: number of cores that programs can run on
 * @base: address of the first circular buffer
 * @limit: where L1 ends for them
 */
struct program_cache {
	struct program_list programs;
	__u64 *core_cb;
	__u32 cores;
	__u64 base;
	__u64 limit;
};

int program_cache_init(struct program_cache *cache, __u32 cores, __u64 base, __u64 limit);
void program_cache_exit(struct program_cache *cache);
int program_compile(struct program_cache *cache, const char *name, __u64 cb_core_bytes,
		    __u32 cores);
const struct program *program_find(const struct program_cache *cache, const char *name);
int program_run(struct program_cache *cache, const char *name, __u64 lowest_l1);
__u64 program_cb_used(const struct program_cache *cache);

#endif /* PROGRAM_H */
