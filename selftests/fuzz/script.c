// SPDX-License-Identifier: GPL-2.0-only
/*
 * Scripts of runtime_sim, without a driver. An input is how two chips are set up, in a byte, and a
 * script. Whatever it says, the allocators' figures have to add up.
 */
#include <string.h>

#include "input.h"
#include "machine.h"
#include "script.h"

#define SMALL	1
#define TRACE	2
#define BEST	4
#define TALKS	8

static const char table[] =
	"a\t0\twormhole_b0\tn300\tpci\t65\t0\t64\t95944704\t12\n"
	"b\t0\tblackhole\tp150\tpci\t3\t0\t120\t188743680\t32\n";

static void set_up(struct machine *machine, int how)
{
	const struct chip_config config = {
		.fit = how & BEST ? FIT_BEST : FIT_FIRST,
		.l1_small_bytes = how & SMALL ? 32 << 10 : 0,
		.trace_bytes = how & TRACE ? 64 << 20 : 0,
	};
	FILE *rows = fmemopen((void *)table, strlen(table), "r");
	struct board board;
	const char *why;

	CHECK(rows);
	memset(machine, 0, sizeof(*machine));
	CHECK(!board_next(rows, "a", &board, &why));
	CHECK(!machine_add(machine, &board, &config, 0));
	CHECK(!board_next(rows, "b", &board, &why));
	CHECK(!machine_add(machine, &board, &config, 1));
	fclose(rows);
}

static void check_pool(const struct pool *pool, const struct bank_stats *stats)
{
	const struct bank_block *block;
	__u64 used = 0, all = 0;

	TAILQ_FOREACH(block, &pool->alloc.blocks, link) {
		CHECK(block->bytes);
		all += block->bytes;
		used += block->used ? block->bytes : 0;
	}
	CHECK(all == stats->allocatable);
	CHECK(used == stats->allocated);
	CHECK(stats->free == all - used);
	CHECK(stats->largest_free <= stats->free);
}

static void check_machine(const struct machine *machine)
{
	struct bank_stats stats;
	unsigned int i;
	int pool;

	for (i = 0; i < machine->nr_chips; i++) {
		for (pool = 0; pool < NR_POOLS; pool++) {
			if (pool == TTMEM_POOL_CB)
				continue;
			chip_pool_stats(&machine->chips[i], pool, &stats);
			check_pool(&machine->chips[i].pools[pool], &stats);
		}
	}
}

/* "wait" waits for a line: there is always one. */
static ssize_t empty_line(void *cookie, char *buffer, size_t size)
{
	*buffer = '\n';
	return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const cookie_io_functions_t lines = { .read = empty_line };
	static struct machine machine;
	static FILE *nowhere;
	struct sim sim = { .machine = &machine };
	FILE *script;

	if (size < 2)
		return 0;
	if (!nowhere) {
		nowhere = fopen("/dev/null", "w");
		stdin = fopencookie(NULL, "r", lines);
		CHECK(nowhere && stdin);
	}
	sim.out = nowhere;
	sim.err = nowhere;
	sim.interactive = *data & TALKS;
	set_up(&machine, *data);
	script = fmemopen((void *)(data + 1), size - 1, "r");
	CHECK(script);
	script_run(&sim, script, "script");
	fclose(script);
	check_machine(&machine);
	machine_exit(&machine);
	return 0;
}
