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

struct ttmem drivers[NR_DRIVERS];

int ttmem_open(struct ttmem **handle, unsigned int ordinal)
{
	*handle = NULL;
	if (ordinal >= NR_DRIVERS)
		return -ENOENT;
	*handle = &drivers[ordinal];
	return 0;
}

void ttmem_close(struct ttmem *handle)
{
	if (!handle)
		return;
	assert_int_equal(handle->nr_mapped, 0);
	memset(handle, 0, sizeof(*handle));
}

int ttmem_declare(struct ttmem *handle, unsigned int chip, const struct ttmem_geometry *geometry)
{
	if (handle->error)
		return handle->error;
	assert_int_equal(chip, TTMEM_CHIP_LOCAL);
	handle->geometry[chip] = *geometry;
	return 0;
}

int ttmem_declare_remote(struct ttmem *handle, const struct ttmem_geometry *geometry,
			 unsigned int *chip)
{
	if (handle->remote_error)
		return handle->remote_error;
	*chip = TTMEM_MAX_CHIPS - ++handle->nr_remote;
	handle->geometry[*chip] = *geometry;
	return 0;
}

int ttmem_report(struct ttmem *handle, const struct ttmem_report_entry *entries,
		 unsigned int nr_entries, unsigned int entry_size)
{
	unsigned int i;

	if (handle->error)
		return handle->error;
	assert_int_equal(entry_size, sizeof(*entries));
	for (i = 0; i < nr_entries; i++) {
		assert_int_equal(entries[i].pool, i % NR_POOLS);
		assert_int_not_equal(handle->geometry[entries[i].chip].tensix_enabled, 0);
		handle->entries[entries[i].chip][entries[i].pool] = entries[i];
	}
	handle->reports++;
	return 0;
}

int ttmem_failure(struct ttmem *handle, unsigned int chip, unsigned int pool, uint64_t bank_bytes)
{
	if (handle->error)
		return handle->error;
	handle->failures++;
	handle->failure.chip = chip;
	handle->failure.pool = pool;
	handle->failure.bank_bytes = bank_bytes;
	return 0;
}

int ttmem_page_map(struct ttmem *handle, unsigned int chip, struct ttmem_page *page)
{
	if (handle->page_error)
		return handle->page_error;
	assert_int_not_equal(handle->geometry[chip].tensix_enabled, 0);
	page->base = handle->pages[chip];
	page->size = sizeof(handle->pages[chip]);
	page->stride = sizeof(handle->pages[chip][0]);
	handle->nr_mapped++;
	return 0;
}

void ttmem_page_unmap(struct ttmem_page *page)
{
	struct ttmem *handle;

	for (handle = drivers; handle < drivers + NR_DRIVERS; handle++)
		if (page->base >= (void *)handle && page->base < (void *)(handle + 1))
			handle->nr_mapped--;
	page->base = NULL;
}

int ttmem_look(struct ttmem *handle)
{
	handle->looks++;
	return handle->error;
}

struct machine machine;
struct sim sim;
char *said, *complained;
static size_t said_bytes, complained_bytes;

static FILE *open_table(void)
{
	FILE *table = fopen("../data/boards.tsv", "r");

	assert_non_null(table);
	return table;
}

int find_board(const char *wanted, struct board *board)
{
	FILE *table = open_table();
	const char *why;
	int err;

	err = board_next(table, wanted, board, &why);
	fclose(table);
	return err;
}

void add_boards(const char *wanted, const struct chip_config *config)
{
	FILE *table = open_table();
	struct board board = {};
	const char *why;

	while (!board_next(table, wanted, &board, &why))
		assert_int_equal(machine_add(&machine, &board, config, machine.nr_gateways), 0);
	fclose(table);
}

static int set_up_machine(const char * const *boards, const struct chip_config *config)
{
	memset(&machine, 0, sizeof(machine));
	for (; *boards; boards++)
		add_boards(*boards, config);
	sim = (struct sim) { .machine = &machine };
	sim.out = open_memstream(&said, &said_bytes);
	sim.err = open_memstream(&complained, &complained_bytes);
	return 0;
}

static const struct chip_config defaults;
static const char * const two_boards[] = { "wormhole_N300.yaml:0", "blackhole_P150.yaml:0", NULL };

int set_up(void **state)
{
	(void)state;
	return set_up_machine(two_boards, &defaults);
}

int set_up_small_and_trace(void **state)
{
	static const struct chip_config config = {
		.l1_small_bytes = 32 << 10,
		.trace_bytes = 64 << 20,
	};

	(void)state;
	return set_up_machine(two_boards, &config);
}

int set_up_n300(void **state)
{
	static const char * const boards[] = { "wormhole_N300.yaml", NULL };

	(void)state;
	return set_up_machine(boards, &defaults);
}

int set_up_t3000(void **state)
{
	static const char * const boards[] = { "t3k_cluster_desc.yaml", NULL };

	(void)state;
	return set_up_machine(boards, &defaults);
}

int tear_down(void **state)
{
	(void)state;
	machine_exit(&machine);
	fclose(sim.out);
	fclose(sim.err);
	free(said);
	free(complained);
	return 0;
}

void attach_all(void)
{
	unsigned int i;

	for (i = 0; i < machine.nr_gateways; i++)
		reporter_attach(&machine.gateways[i]);
}

void attach_all_by_page(void)
{
	unsigned int i;

	for (i = 0; i < machine.nr_gateways; i++)
		machine.gateways[i].by_page = true;
	attach_all();
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
