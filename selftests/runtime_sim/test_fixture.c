// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "reporter.h"
#include "test_fixture.h"

struct ttmem drivers[2];

int ttmem_open(struct ttmem **handle, unsigned int ordinal)
{
	if (ordinal >= 2)
		return -ENOENT;
	*handle = &drivers[ordinal];
	return 0;
}

void ttmem_close(struct ttmem *handle)
{
	if (handle)
		memset(handle, 0, sizeof(*handle));
}

int ttmem_declare(struct ttmem *handle, unsigned int chip, const struct ttmem_geometry *geometry)
{
	if (handle->error)
		return handle->error;
	assert_int_equal(chip, TTMEM_CHIP_LOCAL);
	handle->geometry = *geometry;
	return 0;
}

int ttmem_report(struct ttmem *handle, const struct ttmem_report_entry *entries,
		 unsigned int nr_entries)
{
	if (handle->error)
		return handle->error;
	assert_int_equal(nr_entries, NR_POOLS);
	memcpy(handle->entries, entries, sizeof(handle->entries));
	handle->reports++;
	return 0;
}

struct chip chips[2];
struct sim sim;
char *said, *complained;
static size_t said_bytes, complained_bytes;

int find_board(const char *wanted, struct board *board)
{
	FILE *table = fopen("../data/boards.tsv", "r");
	const char *why;
	int err;

	assert_non_null(table);
	err = board_find(table, wanted, board, &why);
	fclose(table);
	return err;
}

void set_up_chips(const struct chip_config *config)
{
	static const char * const boards[] = { "wormhole_N300.yaml:0", "blackhole_P150.yaml:0" };
	struct board board = {};
	unsigned int i;

	for (i = 0; i < 2; i++) {
		assert_int_equal(find_board(boards[i], &board), 0);
		memset(&chips[i], 0, sizeof(chips[i]));
		chips[i].ordinal = i;
		assert_int_equal(chip_init(&chips[i], &board, config), 0);
	}
	sim = (struct sim) { .chips = chips, .nr_chips = 2 };
	sim.out = open_memstream(&said, &said_bytes);
	sim.err = open_memstream(&complained, &complained_bytes);
}

int set_up(void **state)
{
	static const struct chip_config config;

	(void)state;
	set_up_chips(&config);
	return 0;
}

int tear_down(void **state)
{
	unsigned int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		reporter_detach(&chips[i]);
		chip_exit(&chips[i]);
	}
	fclose(sim.out);
	fclose(sim.err);
	free(said);
	free(complained);
	return 0;
}

int run(const char *text)
{
	FILE *in = fmemopen((void *)text, strlen(text), "r");
	int err;

	assert_non_null(in);
	err = script_run(&sim, in, "test");
	fclose(in);
	fflush(sim.out);
	fflush(sim.err);
	return err;
}
