// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem show - everything about a chip: all that mem/stat says, also what a newer driver has put
 * there, and who holds it
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "table.h"

/* These are always shown; what else there is follows. */
static const char *const attributes[] = {
	"arch", "chip_uid", "tensix_enabled", "tensix_nominal", "tensix_harvest_mask",
	"dram_banks_enabled", "dram_banks_nominal", "geometry_source", "geometry_mismatches",
	"clients", "updated_ns",
};

/* The figures of a pool, which make a table. A pool is what has the first of them. */
static const char *const figures[] = {
	"_used", "_free", "_total", "_nominal", "_allocatable", "_reserved", "_largest_free",
	"_peak", "_banks", "_alloc_failures", "_high",
};

static bool is_figure_of_pool(const struct ttmem_stat *stat, const char *name)
{
	bool is = false;
	char *used;
	size_t i, len;

	for (i = 0; i < ARRAY_SIZE(figures) && !is; i++) {
		len = before_ending(name, figures[i]);
		if (!len)
			continue;
		used = format("%.*s%s", (int)len, name, figures[0]);
		is = ttmem_stat_str(stat, used);
		free(used);
	}
	return is;
}

/* ---- for people ---------------------------------------------------------------------------- */

/* A value that is not what it should be is shown as it is, too. */
static char *readable(const struct row *row, const char *name, bool bytes)
{
	const struct column column = { .attr = name };
	const char *value = ttmem_stat_str(row->stat, name);
	enum unit unit = unit_of(name);
	struct cell cell;
	char *age, *text;

	if (!value)
		return copy_text("-");
	if (before_ending(name, "_high") && strcmp(value, "0") == 0)
		return format("off");
	if (unit == UNIT_NANOSECONDS && !cell_age(row, &column, &cell)) {
		age = format_age(cell.number);
		text = format("%s ago", age);
		free(age);
		return text;
	}
	if (unit == UNIT_BYTES && !bytes && !cell_number(row, &column, &cell))
		return format_bytes(cell.number);
	return copy_text(value);
}

static void print_line(const char *name, char *value)
{
	printf("%-26s %s\n", name, value);
	free(value);
}

static void print_identity(const struct row *row)
{
	size_t len = strcspn(row->chip, "r");
	char *address;

	print_line("chip", copy_text(row->chip));
	if (!chip_is_gateway(row->chip)) {
		print_line("gateway", format("%.*s", (int)len, row->chip));
		return;
	}
	address = chip_address(row->tree, row->chip);
	print_line("pci", address ? address : copy_text("-"));
	print_line("node", format("/dev/tenstorrent/%s", row->chip + strlen("tt")));
}

static bool is_always_shown(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attributes); i++)
		if (strcmp(attributes[i], name) == 0)
			return true;
	return false;
}

static void print_attributes(const struct row *row, bool bytes)
{
	const char *name = NULL;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(attributes); i++)
		print_line(attributes[i], readable(row, attributes[i], bytes));
	while ((name = ttmem_stat_next(row->stat, name)))
		if (!is_always_shown(name) && !is_figure_of_pool(row->stat, name))
			print_line(name, readable(row, name, bytes));
}

/* One column for each pool, one line for each figure. */
static struct libscols_table *new_pools(const struct ttmem_stat *stat)
{
	struct libscols_table *table = scols_new_table();
	const char *name = NULL;
	size_t len;
	char *pool;

	if (!table || !scols_table_new_column(table, "POOL", 0, 0))
		err(EX_FAILED, NULL);
	while ((name = ttmem_stat_next(stat, name))) {
		len = before_ending(name, figures[0]);
		if (!len)
			continue;
		pool = format("%.*s", (int)len, name);
		if (!scols_table_new_column(table, pool, 9, SCOLS_FL_RIGHT))
			err(EX_FAILED, NULL);
		free(pool);
	}
	return table;
}

static void fill_figure(struct libscols_table *table, const struct row *row, const char *figure,
			bool bytes)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	const char *used = NULL;
	size_t len, i = 0;
	char *name;
	int ret;

	if (!line || scols_line_set_data(line, i++, figure + 1))
		err(EX_FAILED, NULL);
	while ((used = ttmem_stat_next(row->stat, used))) {
		len = before_ending(used, figures[0]);
		if (!len)
			continue;
		name = format("%.*s%s", (int)len, used, figure);
		ret = scols_line_refer_data(line, i++, readable(row, name, bytes));
		free(name);
		if (ret)
			err(EX_FAILED, NULL);
	}
}

static void print_pools(const struct row *row, bool bytes)
{
	struct libscols_table *table = new_pools(row->stat);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(figures); i++)
		fill_figure(table, row, figures[i], bytes);
	putchar('\n');
	scols_print_table(table);
	scols_unref_table(table);
}

static int print_clients(const struct row *row, bool bytes)
{
	char names[] = "CLIENT,USER,PID,L1_USED,CB_USED,DRAM_USED,TENSIX_ENABLED,AGE,COMMAND";
	struct options options = { .bytes = bytes };
	struct table *table;
	int code;

	options_choose_columns(&options, &client_columns, names);
	table = table_new(&options, NULL);
	code = clients_add(table, row->tree, row->all, row->chip);
	if (!table_is_empty(table)) {
		putchar('\n');
		table_print(table);
	}
	table_free(table);
	return code;
}

static int print_chip(const struct row *row, bool bytes)
{
	print_identity(row);
	print_attributes(row, bytes);
	print_pools(row, bytes);
	return print_clients(row, bytes);
}

/* ---- for programs -------------------------------------------------------------------------- */

/* As in the file: what is unknown is not there. */
static struct json_object *json_stat(const struct ttmem_stat *stat)
{
	struct json_object *json = json_empty();
	const char *name = NULL;

	while ((name = ttmem_stat_next(stat, name)))
		json_add(json, name, json_value(ttmem_stat_str(stat, name)));
	return json;
}

/* What list has of a chip, and besides it "mem", mem/stat as it is, and "ps", what ps has. */
static int add_chip(struct json_object *chips, const struct row *row)
{
	struct options options = { .json = true };
	struct json_object *json, *ps;
	struct table *table;
	int ret;

	options_default_columns(&options, &chip_columns);
	ret = json_row(&options, row, &json);
	if (ret)
		return tree_explain_unread(row->chip, "mem/stat", ret);
	ps = json_empty();
	json_object_array_add(chips, json);
	json_add(json, "mem", json_stat(row->stat));
	json_add(json, "ps", ps);

	options = (struct options) { .json = true };
	options_default_columns(&options, &client_columns);
	table = table_new(&options, ps);
	ret = clients_add(table, row->tree, row->all, row->chip);
	table_free(table);
	return ret;
}

/* -------------------------------------------------------------------------------------------- */

/* Returns an exit code; @nr is the number of chips that have been shown. */
static int show_chip(const struct options *options, struct json_object *chips, struct row *row,
		     size_t *nr)
{
	struct ttmem_stat *stat;
	int ret;

	ret = ttmem_stat_read(row->tree->sysfs, row->chip, &stat);
	if (ret)
		return tree_explain_unread(row->chip, "mem/stat", ret);
	row->stat = stat;
	if (chips) {
		ret = add_chip(chips, row);
		*nr = json_object_array_length(chips);
	} else {
		if (++*nr > 1)
			putchar('\n');
		ret = print_chip(row, options->bytes);
	}
	ttmem_stat_free(stat);
	return ret;
}

static int show(const struct options *options, const struct tree *tree, char **all, char **chips)
{
	struct json_object *json = options->json ? json_new() : NULL;
	struct row row = { .tree = tree, .all = all };
	size_t i, nr = 0;
	int code = 0;

	for (i = 0; chips[i]; i++) {
		row.chip = chips[i];
		if (show_chip(options, json ? json_array(json, "chips") : NULL, &row, &nr))
			code = EX_FAILED;
	}
	if (!nr && !code)
		code = chips_explain_gone(tree, all, chips);
	if (json && nr)
		json_print(json);
	json_object_put(json);
	return code;
}

static const struct usage usage = {
	.command = "show",
	.synopsis = "show [OPTION...] [CHIP...]",
	.about = "Show everything about chips: what is known of them, their pools, and who holds\n"
		 "them. Names are those of sysfs: see Documentation/ABI.\n",
};

static int run(int argc, char **argv)
{
	struct options options;
	int code;

	code = options_parse(&options, &usage, argc, argv);
	return code == GO_ON ? show_chips(&options, argc, argv, show) : code;
}

const struct command show_command = {
	.name = "show",
	.run = run,
	.help = "everything about a chip",
};
