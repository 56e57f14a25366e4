// SPDX-License-Identifier: GPL-2.0-only
/*
 * Rows under columns: by libsmartcols for people and for scripts, by json-c as JSON.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "table.h"

/**
 * struct table - rows to be printed
 * @options: how
 * @json: all of them, if they become JSON
 * @lines: all of them, if not
 * @empty: there is none
 * @tree: chips behind a gateway are shown below it
 * @gateway: the last one that has a line
 * @gateway_line: that line
 */
struct table {
	const struct options *options;
	struct json_object *json;
	struct libscols_table *lines;
	bool empty;
	bool tree;
	char *gateway;
	struct libscols_line *gateway_line;
};

static void add_column(struct table *table, const struct column *column)
{
	int flags = column->flags;

	/* One tree is enough, and a script wants none. */
	if (options_for_programs(table->options) || table->tree)
		flags &= ~SCOLS_FL_TREE;
	if (!scols_table_new_column(table->lines, column->name, column->width, flags))
		err(EX_FAILED, NULL);
	table->tree |= flags & SCOLS_FL_TREE;
}

struct table *table_new(const struct options *options, struct json_object *json)
{
	struct table *table = calloc(1, sizeof(*table));
	size_t i;

	if (!table)
		err(EX_FAILED, NULL);
	table->options = options;
	table->empty = true;
	if (options->json) {
		table->json = json ? json_object_get(json) : json_new();
		return table;
	}

	table->lines = scols_new_table();
	if (!table->lines)
		err(EX_FAILED, NULL);
	scols_table_enable_raw(table->lines, options->raw);
	scols_table_enable_export(table->lines, options->pairs);
	scols_table_enable_noheadings(table->lines, options->no_headings);
	for (i = 0; i < options->nr_columns; i++)
		add_column(table, options->columns[i]);
	return table;
}

static char *cell_for_people(enum kind kind, struct cell *cell, bool bytes)
{
	switch (kind) {
	case KIND_TEXT:
		return cell->text;
	case KIND_BYTES:
		if (!bytes)
			return format_bytes(cell->number);
		break;
	case KIND_PERCENT:
		return format("%" PRIu64 "%%", cell->number);
	case KIND_SECONDS:
		return format_age(cell->number);
	case KIND_SILENT:
		if (cell->number)
			return format("%" PRIu64 " not reporting", cell->number);
		break;
	case KIND_NUMBER:
		break;
	}
	return format("%" PRIu64, cell->number);
}

static char *cell_for_programs(enum kind kind, struct cell *cell)
{
	return kind == KIND_TEXT ? cell->text : format("%" PRIu64, cell->number);
}

void table_begin(struct table *table, const char *name)
{
	if (table->json)
		json_array(table->json, name);
}

static int fill_line(struct table *table, struct libscols_line *line, const struct row *row)
{
	const struct options *options = table->options;
	const struct column *column;
	struct cell cell;
	char *text;
	size_t i;
	int ret;

	for (i = 0; i < options->nr_columns; i++) {
		column = options->columns[i];
		ret = column->get(row, column, &cell);
		if (ret == -ENODATA)
			text = copy_text("-");
		else if (ret)
			return ret;
		else if (options_for_programs(options))
			text = cell_for_programs(column->kind, &cell);
		else
			text = cell_for_people(column->kind, &cell, options->bytes);
		if (scols_line_refer_data(line, i, text))
			err(EX_FAILED, NULL);
	}
	return 0;
}

static int add_line(struct table *table, const struct row *row)
{
	struct libscols_line *line, *parent = NULL;
	int ret;

	if (table->tree && table->gateway && chip_is_behind(row->chip, table->gateway))
		parent = table->gateway_line;
	line = scols_table_new_line(table->lines, parent);
	if (!line)
		err(EX_FAILED, NULL);
	ret = fill_line(table, line, row);
	if (ret) {
		scols_line_remove_child(parent, line);
		scols_table_remove_line(table->lines, line);
		return ret;
	}
	if (table->tree && chip_is_gateway(row->chip)) {
		free(table->gateway);
		table->gateway = copy_text(row->chip);
		table->gateway_line = line;
	}
	return 0;
}

int table_add(struct table *table, const char *name, const struct row *row)
{
	struct json_object *json;
	int ret;

	if (table->json) {
		ret = json_row(table->options, row, &json);
		if (!ret)
			json_object_array_add(json_array(table->json, name), json);
	} else {
		ret = add_line(table, row);
	}
	if (!ret)
		table->empty = false;
	return ret;
}

void table_add_name(struct table *table, const char *array, const char *name)
{
	if (table->json)
		json_object_array_add(json_array(table->json, array), json_text(name));
}

void table_print(struct table *table)
{
	if (table->json)
		json_print(table->json);
	else
		scols_print_table(table->lines);
}

bool table_is_empty(const struct table *table)
{
	return table->empty;
}

void table_free(struct table *table)
{
	json_object_put(table->json);
	scols_unref_table(table->lines);
	free(table->gateway);
	free(table);
}
