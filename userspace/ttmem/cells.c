// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is in the cells of columns that show a figure of mem/stat, or of a client's stat. A process
 * that has not reported has none.
 */
#include <errno.h>

#include "table.h"

#define NS_PER_S	1000000000ULL

int cell_chip(const struct row *row, const struct column *column, struct cell *cell)
{
	(void)column;
	cell->text = copy_text(row->chip);
	return 0;
}

int cell_text(const struct row *row, const struct column *column, struct cell *cell)
{
	const char *value = row->stat ? ttmem_stat_str(row->stat, column->attr) : NULL;

	if (!value)
		return -ENODATA;
	cell->text = copy_text(value);
	return 0;
}

int cell_number(const struct row *row, const struct column *column, struct cell *cell)
{
	return row->stat ? ttmem_stat_u64(row->stat, column->attr, &cell->number) : -ENODATA;
}

int cell_percent(const struct row *row, const struct column *column, struct cell *cell)
{
	uint64_t part, whole;
	int ret;

	ret = ttmem_stat_u64(row->stat, column->attr, &part);
	if (!ret)
		ret = ttmem_stat_u64(row->stat, column->whole, &whole);
	if (ret)
		return ret;
	/* No driver says so, and so large a number may be no percentage at all. */
	if (part > whole)
		return -EPROTO;
	if (!whole)
		return -ENODATA;
	cell->number = 100.0 * part / whole + 0.5;
	return 0;
}

/* "part/whole", either of which may be unknown. */
int cell_part(const struct row *row, const struct column *column, struct cell *cell)
{
	const char *part = ttmem_stat_str(row->stat, column->attr);
	const char *whole = ttmem_stat_str(row->stat, column->whole);

	if (!part && !whole)
		return -ENODATA;
	cell->text = format("%s/%s", part ? part : "-", whole ? whole : "-");
	return 0;
}

/* The time since then. */
int cell_age(const struct row *row, const struct column *column, struct cell *cell)
{
	uint64_t then, now;
	int ret;

	ret = cell_number(row, column, cell);
	if (ret)
		return ret;
	then = cell->number;
	/* 0 is never; and a time that is still to come was taken from another clock. */
	if (!then || tree_clock(row->tree, &now) || then > now)
		return -ENODATA;
	cell->number = (now - then) / NS_PER_S;
	return 0;
}
