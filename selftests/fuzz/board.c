// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of boards that runtime_sim reads. An input is what is asked for, a newline, and the
 * table. What is accepted has no more than its architecture, and a machine can be made of it.
 */
#include <string.h>

#include "input.h"
#include "machine.h"

static void check_board(const struct board *board)
{
	CHECK(board->tensix_enabled <= board->arch->tensix_nominal);
	CHECK(board->tensix_enabled > board->arch->dispatch_cores);
	CHECK(board->dram_banks <= board->arch->dram_banks);
}

/* Also when there are too many, or a remote one has no gateway. */
static void read_table(FILE *table, const char *wanted)
{
	static const struct chip_config config = {};
	static struct machine machine;
	struct board board;
	const char *why;

	memset(&machine, 0, sizeof(machine));
	while (!board_next(table, wanted, &board, &why)) {
		check_board(&board);
		machine_add(&machine, &board, &config, machine.nr_gateways);
	}
	CHECK(why);
	machine_exit(&machine);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *newline = memchr(data, '\n', size);
	size_t rest;
	char *wanted;
	FILE *table;

	if (!newline || newline + 1 == data + size)
		return 0;
	rest = data + size - newline - 1;
	wanted = strndup((const char *)data, newline - data);
	table = fmemopen((void *)(newline + 1), rest, "r");
	CHECK(wanted && table);
	read_table(table, wanted);
	fclose(table);
	free(wanted);
	return 0;
}
