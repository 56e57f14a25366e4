// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem ps - who holds memory of the chips, and who holds a chip and does not say
 */
#include <err.h>
#include <errno.h>
#include <stdlib.h>

#include "table.h"

static int cell_client(const struct row *row, const struct column *column, struct cell *cell)
{
	(void)column;
	cell->number = row->client;
	return row->stat ? 0 : -ENODATA;
}

#define RIGHT	SCOLS_FL_RIGHT

/* What people see has to fit into 100 columns. */
static const struct column list[] = {
	{ "CHIP", 4, 0, KIND_TEXT, FOR_ALL,
		"ttN is /dev/tenstorrent/N, ttNrM a chip behind it",
		.get = cell_chip },
	{ "CLIENT", 2, RIGHT, KIND_NUMBER, FOR_PROGRAMS,
		"number of the client: of one open file of the driver's node",
		.get = cell_client },
	{ "USER", 6, 0, KIND_TEXT, FOR_ALL,
		"who opened it: a name, or the number of a user who has none here",
		.get = cell_user },
	{ "UID", 4, RIGHT, KIND_NUMBER, FOR_PROGRAMS,
		"number of the user",
		.get = cell_uid },
	{ "PID", 5, RIGHT, KIND_NUMBER, FOR_ALL,
		"process that opened it, unknown if it ended or cannot be seen here",
		.get = cell_pid },
	{ "L1_USED", 9, RIGHT, KIND_BYTES, FOR_ALL,
		"L1 in use by L1 buffers",
		.get = cell_number, .attr = "l1_used" },
	{ "L1_PEAK", 9, RIGHT, KIND_BYTES, FOR_ALL,
		"the most that L1_USED has been",
		.get = cell_number, .attr = "l1_peak" },
	{ "L1_SMALL_USED", 9, RIGHT, KIND_BYTES, FOR_PROGRAMS,
		"L1 in use by small buffers",
		.get = cell_number, .attr = "l1_small_used" },
	{ "L1_SMALL_PEAK", 9, RIGHT, KIND_BYTES, FOR_PROGRAMS,
		"the most that L1_SMALL_USED has been",
		.get = cell_number, .attr = "l1_small_peak" },
	{ "CB_USED", 9, RIGHT, KIND_BYTES, FOR_ALL,
		"L1 in use by circular buffers, which is not in L1_USED",
		.get = cell_number, .attr = "cb_used" },
	{ "CB_PEAK", 9, RIGHT, KIND_BYTES, FOR_PROGRAMS,
		"the most that CB_USED has been",
		.get = cell_number, .attr = "cb_peak" },
	{ "DRAM_USED", 9, RIGHT, KIND_BYTES, FOR_ALL,
		"DRAM in use by DRAM buffers",
		.get = cell_number, .attr = "dram_used" },
	{ "DRAM_PEAK", 9, RIGHT, KIND_BYTES, FOR_ALL,
		"the most that DRAM_USED has been",
		.get = cell_number, .attr = "dram_peak" },
	{ "TRACE_USED", 9, RIGHT, KIND_BYTES, FOR_PROGRAMS,
		"DRAM in use by trace buffers",
		.get = cell_number, .attr = "trace_used" },
	{ "TRACE_PEAK", 9, RIGHT, KIND_BYTES, FOR_PROGRAMS,
		"the most that TRACE_USED has been",
		.get = cell_number, .attr = "trace_peak" },
	{ "L1_TOTAL", 9, RIGHT, KIND_BYTES, FOR_PROGRAMS,
		"L1 of the enabled cores, as the client declared, whatever the chip shows",
		.get = cell_number, .attr = "l1_total" },
	{ "DRAM_TOTAL", 9, RIGHT, KIND_BYTES, FOR_PROGRAMS,
		"DRAM of the enabled banks, as the client declared",
		.get = cell_number, .attr = "dram_total" },
	{ "TENSIX_ENABLED", 3, RIGHT, KIND_NUMBER, FOR_PROGRAMS,
		"enabled Tensix cores, as the client declared",
		.get = cell_number, .attr = "tensix_enabled" },
	{ "TENSIX_HARVEST_MASK", 5, RIGHT, KIND_TEXT, FOR_PROGRAMS,
		"rows or columns of Tensix cores that are fused off, as the client declared",
		.get = cell_text, .attr = "tensix_harvest_mask" },
	{ "DRAM_BANKS_ENABLED", 2, RIGHT, KIND_NUMBER, FOR_PROGRAMS,
		"enabled banks of DRAM, as the client declared",
		.get = cell_number, .attr = "dram_banks_enabled" },
	{ "CHIP_UID", 18, 0, KIND_TEXT, FOR_PROGRAMS,
		"unique id of the chip, as the client declared",
		.get = cell_text, .attr = "chip_uid" },
	{ "AGE", 3, RIGHT, KIND_SECONDS, FOR_ALL,
		"time since its last report",
		.get = cell_age, .attr = "updated_ns" },
	{ "SOURCE", 4, 0, KIND_TEXT, FOR_ALL,
		"who says what it holds: 'self', or nobody of a process that does not report",
		.get = cell_text, .attr = "source" },
	{ "COMMAND", 8, 0, KIND_TEXT, FOR_ALL,
		"name of the process",
		.get = cell_command },
	{ "COMMAND_LINE", 8, 0, KIND_TEXT, FOR_PROGRAMS,
		"what it was called with",
		.get = cell_command_line },
};

const struct columns client_columns = { list, ARRAY_SIZE(list) };

/* Returns 0 or a negative errno. */
static int add_client(struct table *table, struct row row)
{
	struct ttmem_stat *stat;
	int ret;

	ret = ttmem_stat_read_client(row.tree->sysfs, row.chip, row.client, &stat);
	if (ret)
		return ret;
	row.stat = stat;
	ret = ttmem_stat_u64(stat, "pid", &row.pid);
	if (!ret || ret == -ENODATA)
		ret = table_add(table, "clients", &row);
	ttmem_stat_free(stat);
	return ret;
}

static int add_clients(struct table *table, struct row row)
{
	int i, nr, ret, code = 0;
	uint64_t *ids;

	nr = ttmem_sysfs_clients(row.tree->sysfs, row.chip, &ids);
	if (nr < 0)
		return tree_explain_unread(row.chip, "clients", nr);
	for (i = 0; i < nr; i++) {
		row.client = ids[i];
		ret = add_client(table, row);
		if (ret && tree_explain_unread(row.chip, "stat of a client", ret))
			code = EX_FAILED;
	}
	free(ids);
	return code;
}

/* Who holds a gateway also holds the chips behind it: there it is said once. */
static void add_silent(struct table *table, struct row row)
{
	uint64_t *pids;
	int i, nr;

	if (!chip_is_gateway(row.chip))
		return;
	nr = tree_silent(row.tree, row.all, row.chip, &pids);
	if (nr < 0) {
		warnx("%s: it is not known who holds it and does not report", row.chip);
		table_add_name(table, "silent_unknown", row.chip);
		return;
	}
	for (i = 0; i < nr; i++) {
		row.pid = pids[i];
		table_add(table, "silent", &row);
	}
	free(pids);
}

int clients_add(struct table *table, const struct tree *tree, char **all, const char *chip)
{
	struct row row = { .tree = tree, .all = all, .chip = chip };
	int code;

	table_begin(table, "clients");
	table_begin(table, "silent");
	table_begin(table, "silent_unknown");
	code = add_clients(table, row);
	add_silent(table, row);
	return code;
}

/* That nobody holds a chip is no failure. */
static int show(const struct options *options, const struct tree *tree, char **all, char **chips)
{
	struct table *table = table_new(options, NULL);
	int code = 0;
	size_t i;

	for (i = 0; chips[i]; i++)
		if (clients_add(table, tree, all, chips[i]))
			code = EX_FAILED;
	table_print(table);
	table_free(table);
	return code;
}

static const struct usage usage = {
	.command = "ps",
	.synopsis = "ps [OPTION...] [CHIP...]",
	.about = "List who holds memory of the chips: the clients of the driver, and the\n"
		 "processes that hold a chip and report nothing, with '-' for what they hold.\n",
	.columns = &client_columns,
};

static int run(int argc, char **argv)
{
	struct options options;
	int code;

	code = options_parse(&options, &usage, argc, argv);
	return code == GO_ON ? show_chips(&options, argc, argv, show) : code;
}

const struct command ps_command = {
	.name = "ps",
	.run = run,
	.help = "who holds memory of the chips",
};
