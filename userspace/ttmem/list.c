// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem list - one line for each chip
 */
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <libsmartcols.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "columns.h"

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define GO_ON		-1

/**
 * struct list - what was asked for
 * @sysroot: directory of a captured tree, or NULL
 * @columns: to be shown, in this order
 * @nr_columns: their number; 0 is the default
 * @json: as JSON, where an unknown figure is null
 * @raw: as words, with blanks escaped
 * @pairs: as NAME="value"
 * @bytes: sizes as numbers of bytes
 * @no_headings: without the line of headings
 */
struct list {
	const char *sysroot;
	int columns[2 * NR_COLUMNS];
	size_t nr_columns;
	bool json;
	bool raw;
	bool pairs;
	bool bytes;
	bool no_headings;
};

static const int columns_for_people[] = {
	COL_CHIP, COL_ARCH, COL_CORES, COL_L1_USED, COL_L1_TOTAL, COL_L1_PCT, COL_DRAM_USED,
	COL_DRAM_TOTAL, COL_DRAM_PCT, COL_L1_LARGEST_FREE, COL_CLIENTS, COL_AGE, COL_SILENT,
};

static const int columns_for_programs[] = {
	COL_CHIP, COL_ARCH, COL_TENSIX_ENABLED, COL_TENSIX_NOMINAL, COL_L1_USED, COL_L1_TOTAL,
	COL_L1_PCT, COL_DRAM_USED, COL_DRAM_TOTAL, COL_DRAM_PCT, COL_L1_LARGEST_FREE, COL_CLIENTS,
	COL_AGE, COL_SILENT,
};

static bool for_programs(const struct list *list)
{
	return list->json || list->raw || list->pairs;
}

/* ---- the table ----------------------------------------------------------------------------- */

static struct libscols_table *new_table(const struct list *list)
{
	struct libscols_table *table = scols_new_table();
	const struct column *column;
	struct libscols_column *cl;
	size_t i;

	if (!table)
		err(EX_FAILED, NULL);
	scols_table_set_name(table, "ttmem");
	scols_table_enable_json(table, list->json);
	scols_table_enable_raw(table, list->raw);
	scols_table_enable_export(table, list->pairs);
	scols_table_enable_noheadings(table, list->no_headings);

	for (i = 0; i < list->nr_columns; i++) {
		column = &columns[list->columns[i]];
		cl = scols_table_new_column(table, column->name, column->width, column->flags);
		if (!cl)
			err(EX_FAILED, NULL);
		scols_column_set_json_type(cl, column->json);
	}
	return table;
}

static int add_row(struct libscols_table *table, const struct list *list, const struct row *row)
{
	const struct column *column;
	struct libscols_line *line;
	char *text;
	size_t i;
	int ret;

	line = scols_table_new_line(table, NULL);
	if (!line)
		err(EX_FAILED, NULL);

	for (i = 0; i < list->nr_columns; i++) {
		column = &columns[list->columns[i]];
		ret = column->cell(row, column, &text);
		if (ret == -ENODATA) {
			text = list->json ? NULL : format("-");
		} else if (ret) {
			scols_table_remove_line(table, line);
			return ret;
		}
		if (scols_line_refer_data(line, i, text))
			err(EX_FAILED, NULL);
	}
	return 0;
}

/* False if the chip cannot be shown although it is there: one that went away is no failure. */
static bool add_chip(struct libscols_table *table, const struct list *list,
		     const struct tree *tree, char **chips, const char *chip)
{
	struct row row = {
		.tree = tree,
		.chips = chips,
		.chip = chip,
		.bytes = list->bytes,
		.bare = for_programs(list),
	};
	int ret;

	ret = ttmem_stat_read(tree->sysfs, chip, &row.stat);
	if (!ret) {
		ret = add_row(table, list, &row);
		ttmem_stat_free(row.stat);
	}
	if (!ret || ret == -ENOENT || ret == -ENODEV)
		return true;

	if (ret == -EPROTO) {
		warnx("%s: mem/stat is not as documented", chip);
	} else {
		errno = -ret;
		warn("%s: mem/stat", chip);
	}
	return false;
}

static int show(const struct list *list, const struct tree *tree, char **chips)
{
	struct libscols_table *table = new_table(list);
	int code = 0;
	size_t i;

	for (i = 0; chips[i]; i++)
		if (!add_chip(table, list, tree, chips, chips[i]))
			code = EX_FAILED;

	if (!scols_table_is_empty(table))
		scols_print_table(table);
	else if (!code)
		code = tree_explain_no_chips(tree);
	scols_unref_table(table);
	return code;
}

static int list_chips(const struct list *list)
{
	struct tree tree;
	char **chips;
	int code, ret;

	code = tree_open(&tree, list->sysroot);
	if (code)
		return code;
	ret = ttmem_sysfs_chips(tree.sysfs, &chips);
	if (ret < 0) {
		errno = -ret;
		warn("cannot list the chips");
		code = EX_FAILED;
	} else {
		code = show(list, &tree, chips);
		ttmem_sysfs_free_chips(chips);
	}
	tree_close(&tree);
	return code;
}

/* ---- options ------------------------------------------------------------------------------- */

static int print_help(void)
{
	int i;

	fputs("Usage: ttmem [list] [OPTION...]\n"
	      "\n"
	      "List the chips and how much of their memory is in use. Unknown figures are shown as '-'.\n"
	      "\n"
	      "Options:\n"
	      "  -J, --json           JSON: {\"ttmem\": [{\"chip\": \"tt0\", ...}, ...]}, null is unknown\n"
	      "  -r, --raw            words separated by blanks\n"
	      "  -P, --pairs          NAME=\"value\"\n"
	      "  -b, --bytes          sizes in bytes\n"
	      "  -n, --noheadings     no headings\n"
	      "  -o, --output LIST    show these columns, separated by commas\n"
	      "  -s, --sysroot DIR    look at the captured tree DIR instead of the running system\n"
	      "  -h, --help           show this help\n"
	      "  -V, --version        show the version\n"
	      "\n"
	      "JSON, raw and pairs have bare numbers, in bytes, percent and seconds. In a captured\n"
	      "tree, time stands still at the first figure of DIR/proc/uptime; without it, AGE is\n"
	      "unknown.\n"
	      "\n"
	      "Exit codes: 0 chips were found and shown, 1 there is no chip or something failed,\n"
	      "2 wrong usage, 3 tt-kmd or ttmem is not loaded.\n"
	      "\n"
	      "Columns:\n", stdout);
	for (i = 0; i < NR_COLUMNS; i++)
		printf("  %-16s %s\n", columns[i].name, columns[i].help);
	return 0;
}

static int find_column(const char *name)
{
	int i;

	for (i = 0; i < NR_COLUMNS; i++)
		if (strcasecmp(columns[i].name, name) == 0)
			return i;
	return -1;
}

static bool parse_columns(struct list *list, char *names)
{
	char *name, *rest;
	int column;

	list->nr_columns = 0;
	for (name = strtok_r(names, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
		column = find_column(name);
		if (column < 0) {
			warnx("unknown column '%s'", name);
			return false;
		}
		if (list->nr_columns == ARRAY_SIZE(list->columns)) {
			warnx("too many columns");
			return false;
		}
		list->columns[list->nr_columns++] = column;
	}
	if (!list->nr_columns)
		warnx("no column to show");
	return list->nr_columns;
}

static void default_columns(struct list *list)
{
	const int *defaults = columns_for_people;
	size_t nr = ARRAY_SIZE(columns_for_people);

	if (for_programs(list)) {
		defaults = columns_for_programs;
		nr = ARRAY_SIZE(columns_for_programs);
	}
	memcpy(list->columns, defaults, nr * sizeof(*defaults));
	list->nr_columns = nr;
}

static int usage_error(void)
{
	fputs("Try 'ttmem list --help' for more information.\n", stderr);
	return EX_WRONG_USAGE;
}

static const struct option options[] = {
	{ "json",	no_argument,		NULL, 'J' },
	{ "raw",	no_argument,		NULL, 'r' },
	{ "pairs",	no_argument,		NULL, 'P' },
	{ "bytes",	no_argument,		NULL, 'b' },
	{ "noheadings",	no_argument,		NULL, 'n' },
	{ "output",	required_argument,	NULL, 'o' },
	{ "sysroot",	required_argument,	NULL, 's' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{}
};

/* Returns an exit code, or GO_ON. */
static int take_option(struct list *list, int option)
{
	switch (option) {
	case 'J':
		list->json = true;
		return GO_ON;
	case 'r':
		list->raw = true;
		return GO_ON;
	case 'P':
		list->pairs = true;
		return GO_ON;
	case 'b':
		list->bytes = true;
		return GO_ON;
	case 'n':
		list->no_headings = true;
		return GO_ON;
	case 'o':
		return parse_columns(list, optarg) ? GO_ON : usage_error();
	case 's':
		list->sysroot = optarg;
		return GO_ON;
	case 'h':
		return print_help();
	case 'V':
		return print_version();
	default:
		return usage_error();
	}
}

static int run(int argc, char **argv)
{
	struct list list = {};
	int option, code;

	while ((option = getopt_long(argc, argv, "JrPbno:s:hV", options, NULL)) != -1) {
		code = take_option(&list, option);
		if (code != GO_ON)
			return code;
	}
	if (optind < argc) {
		warnx("unexpected argument '%s'", argv[optind]);
		return usage_error();
	}
	if (list.json + list.raw + list.pairs > 1) {
		warnx("--json, --raw and --pairs exclude each other");
		return usage_error();
	}
	if (!list.nr_columns)
		default_columns(&list);
	return list_chips(&list);
}

const struct command list_command = {
	.name = "list",
	.run = run,
	.help = "one line for each chip",
};
