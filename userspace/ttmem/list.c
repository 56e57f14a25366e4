// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem list - one line for each chip
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"

static int cell_gateway(const struct row *row, const struct column *column, struct cell *cell)
{
	(void)column;
	if (chip_is_gateway(row->chip))
		return -ENODATA;
	cell->text = format("%.*s", (int)strcspn(row->chip, "r"), row->chip);
	return 0;
}

static int cell_pci(const struct row *row, const struct column *column, struct cell *cell)
{
	(void)column;
	cell->text = chip_address(row->tree, row->chip);
	return cell->text ? 0 : -ENODATA;
}

static int cell_silent(const struct row *row, const struct column *column, struct cell *cell)
{
	uint64_t *pids;
	int nr;

	(void)column;
	nr = tree_silent(row->tree, row->all, row->chip, &pids);
	if (nr < 0)
		return nr;
	free(pids);
	cell->number = nr;
	return 0;
}

#define RIGHT	SCOLS_FL_RIGHT

/* What people see has to fit into 100 columns, also where a chip is behind another. */
static const struct column list[] = {
	{ "CHIP", 4, SCOLS_FL_TREE, KIND_TEXT, FOR_ALL,
		"ttN is /dev/tenstorrent/N, ttNrM a chip behind it",
		.get = cell_chip },
	{ "GATEWAY", 4, 0, KIND_TEXT, FOR_PROGRAMS,
		"the chip that it is behind",
		.get = cell_gateway },
	{ "PCI", 12, 0, KIND_TEXT, FOR_PROGRAMS,
		"address of the PCI function",
		.get = cell_pci },
	{ "ARCH", 11, 0, KIND_TEXT, FOR_PROGRAMS,
		"architecture",
		.get = cell_text, .attr = "arch" },
	{ "CORES", 7, RIGHT, KIND_TEXT, FOR_PEOPLE,
		"enabled Tensix cores / those of the whole die",
		.get = cell_part, .attr = "tensix_enabled", .whole = "tensix_nominal" },
	{ "TENSIX_ENABLED", 3, RIGHT, KIND_NUMBER, FOR_PROGRAMS,
		"enabled Tensix cores",
		.get = cell_number, .attr = "tensix_enabled" },
	{ "TENSIX_NOMINAL", 3, RIGHT, KIND_NUMBER, FOR_PROGRAMS,
		"Tensix cores of the whole die",
		.get = cell_number, .attr = "tensix_nominal" },
	{ "L1_USED", 9, RIGHT, KIND_BYTES, FOR_ALL,
		"L1 in use by L1 buffers",
		.get = cell_number, .attr = "l1_used" },
	{ "L1_TOTAL", 9, RIGHT, KIND_BYTES, FOR_ALL,
		"L1 of the enabled cores",
		.get = cell_number, .attr = "l1_total" },
	{ "L1_PCT", 4, RIGHT, KIND_PERCENT, FOR_ALL,
		"L1_USED in percent of L1_TOTAL",
		.get = cell_percent, .attr = "l1_used", .whole = "l1_total" },
	{ "DRAM_USED", 9, RIGHT, KIND_BYTES, FOR_ALL,
		"DRAM in use by DRAM buffers",
		.get = cell_number, .attr = "dram_used" },
	{ "DRAM_TOTAL", 9, RIGHT, KIND_BYTES, FOR_ALL,
		"DRAM of the enabled banks",
		.get = cell_number, .attr = "dram_total" },
	{ "DRAM_PCT", 4, RIGHT, KIND_PERCENT, FOR_ALL,
		"DRAM_USED in percent of DRAM_TOTAL",
		.get = cell_percent, .attr = "dram_used", .whole = "dram_total" },
	{ "L1_LARGEST_FREE", 9, RIGHT, KIND_BYTES, FOR_PROGRAMS,
		"largest free block of a bank of L1, times the banks",
		.get = cell_number, .attr = "l1_largest_free" },
	{ "CLIENTS", 2, RIGHT, KIND_NUMBER, FOR_ALL,
		"open files that have declared or reported something",
		.get = cell_number, .attr = "clients" },
	{ "AGE", 3, RIGHT, KIND_SECONDS, FOR_ALL,
		"time since the last report",
		.get = cell_age, .attr = "updated_ns" },
	{ "SILENT", 1, 0, KIND_SILENT, FOR_ALL,
		"processes seen here that hold /dev/tenstorrent/N and have not reported",
		.get = cell_silent },
};

const struct columns chip_columns = { list, ARRAY_SIZE(list) };

/* Returns an exit code. */
static int add_chip(struct table *table, const struct tree *tree, char **all, const char *chip)
{
	struct row row = { .tree = tree, .all = all, .chip = chip };
	struct ttmem_stat *stat;
	int ret;

	ret = ttmem_stat_read(tree->sysfs, chip, &stat);
	if (!ret) {
		row.stat = stat;
		ret = table_add(table, "chips", &row);
		ttmem_stat_free(stat);
	}
	return ret ? tree_explain_unread(chip, "mem/stat", ret) : 0;
}

static int show(const struct options *options, const struct tree *tree, char **all, char **chips)
{
	struct table *table = table_new(options, NULL);
	int code = 0;
	size_t i;

	table_begin(table, "chips");
	for (i = 0; chips[i]; i++)
		if (add_chip(table, tree, all, chips[i]))
			code = EX_FAILED;

	if (!table_is_empty(table))
		table_print(table);
	else if (!code)
		code = chips_explain_gone(tree, all, chips);
	table_free(table);
	return code;
}

static const struct usage usage = {
	.command = "list",
	.synopsis = "[list] [OPTION...] [CHIP...]",
	.about = "List the chips and how much of their memory is in use.\n",
	.columns = &chip_columns,
};

static int run(int argc, char **argv)
{
	struct options options;
	int code;

	code = options_parse(&options, &usage, argc, argv);
	return code == GO_ON ? show_chips(&options, argc, argv, show) : code;
}

const struct command list_command = {
	.name = "list",
	.run = run,
	.help = "one line for each chip",
};
