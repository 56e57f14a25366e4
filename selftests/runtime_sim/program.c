// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

int program_cache_init(struct program_cache *cache, __u32 cores, __u64 base, __u64 limit)
{
	LIST_INIT(&cache->programs);
	cache->cores = cores;
	cache->base = base;
	cache->limit = limit;
	cache->core_cb = calloc(cores, sizeof(*cache->core_cb));
	return cache->core_cb ? 0 : -ENOMEM;
}

void program_cache_exit(struct program_cache *cache)
{
	struct program *program;

	while ((program = LIST_FIRST(&cache->programs))) {
		LIST_REMOVE(program, link);
		free(program->name);
		free(program);
	}
	free(cache->core_cb);
}

static struct program *find(const struct program_cache *cache, const char *name)
{
	struct program *program;

	LIST_FOREACH(program, &cache->programs, link)
		if (!strcmp(program->name, name))
			return program;
	return NULL;
}

const struct program *program_find(const struct program_cache *cache, const char *name)
{
	return find(cache, name);
}

/**
 * program_compile - put a program into the cache
 * @cache: of the chip
 * @name: its name
 * @cb_core_bytes: bytes of its circular buffers on each core
 * @cores: it runs on the first so many cores
 *
 * Return: 0, -EEXIST, -EINVAL for an impossible number of cores, -E2BIG if the circular buffers do
 * not fit into a core's L1, -ENOMEM.
 */
int program_compile(struct program_cache *cache, const char *name, __u64 cb_core_bytes,
		    __u32 cores)
{
	struct program *program;

	if (find(cache, name))
		return -EEXIST;
	if (!cores || cores > cache->cores)
		return -EINVAL;
	if (cb_core_bytes > cache->limit - cache->base)
		return -E2BIG;

	program = calloc(1, sizeof(*program));
	if (!program)
		return -ENOMEM;
	program->name = strdup(name);
	if (!program->name) {
		free(program);
		return -ENOMEM;
	}
	program->cb_core_bytes = cb_core_bytes;
	program->cores = cores;
	LIST_INSERT_HEAD(&cache->programs, program, link);
	return 0;
}

/**
 * program_run - dispatch a program
 * @cache: of the chip
 * @name: its name
 * @lowest_l1: lowest address of an L1 buffer
 *
 * Return: 0, -ENOENT if it was not compiled, -EADDRINUSE if its circular buffers would reach into
 * an L1 buffer.
 */
int program_run(struct program_cache *cache, const char *name, __u64 lowest_l1)
{
	const struct program *program = find(cache, name);
	__u32 core;

	if (!program)
		return -ENOENT;
	if (cache->base + program->cb_core_bytes > lowest_l1)
		return -EADDRINUSE;
	for (core = 0; core < program->cores; core++)
		cache->core_cb[core] = program->cb_core_bytes;
	return 0;
}

__u64 program_cb_used(const struct program_cache *cache)
{
	__u64 bytes = 0;
	__u32 core;

	for (core = 0; core < cache->cores; core++)
		bytes += cache->core_cb[core];
	return bytes;
}
