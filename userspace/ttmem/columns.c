// SPDX-License-Identifier: GPL-2.0-only
/*
 * The columns that describe a chip: what they are called, and what is in their cells.
 */
#include <errno.h>
#include <inttypes.h>
#include <libsmartcols.h>
#include <stdlib.h>

#include "columns.h"

#define NS_PER_S	1000000000ULL

static int cell_chip(const struct row *row, const struct column *column, char **text)
{
	(void)column;
	*text = format("%s", row->chip);
	return 0;
}

static int cell_text(const struct row *row, const struct column *column, char **text)
{
	const char *value = ttmem_stat_str(row->stat, column->attr);

	if (!value)
		return -ENODATA;
	*text = format("%s", value);
	return 0;
}

static int cell_number(const struct row *row, const struct column *column, char **text)
{
	uint64_t number;
	int ret;

	ret = ttmem_stat_u64(row->stat, column->attr, &number);
	if (!ret)
		*text = format("%" PRIu64, number);
	return ret;
}

static int cell_bytes(const struct row *row, const struct column *column, char **text)
{
	uint64_t bytes;
	int ret;

	if (row->bytes || row->bare)
		return cell_number(row, column, text);
	ret = ttmem_stat_u64(row->stat, column->attr, &bytes);
	if (!ret)
		*text = format_bytes(bytes);
	return ret;
}

static int cell_percent(const struct row *row, const struct column *column, char **text)
{
	uint64_t part, whole, percent;
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
	percent = 100.0 * part / whole + 0.5;
	*text = format("%" PRIu64 "%s", percent, row->bare ? "" : "%");
	return 0;
}

/* "part/whole", either of which may be unknown. */
static int cell_part(const struct row *row, const struct column *column, char **text)
{
	const char *part = ttmem_stat_str(row->stat, column->attr);
	const char *whole = ttmem_stat_str(row->stat, column->whole);

	if (!part && !whole)
		return -ENODATA;
	*text = format("%s/%s", part ? part : "-", whole ? whole : "-");
	return 0;
}

static int cell_age(const struct row *row, const struct column *column, char **text)
{
	uint64_t then, now, age;
	int ret;

	ret = ttmem_stat_u64(row->stat, column->attr, &then);
	if (ret)
		return ret;
	/* 0 is never; and a time that is still to come was taken from another clock. */
	if (!then || tree_clock(row->tree, &now) || then > now)
		return -ENODATA;
	age = (now - then) / NS_PER_S;
	*text = row->bare ? format("%" PRIu64, age) : format_age(age);
	return 0;
}

static int cell_silent(const struct row *row, const struct column *column, char **text)
{
	uint64_t nr;
	int ret;

	(void)column;
	ret = tree_silent(row->tree, row->chips, row->chip, &nr);
	if (!ret)
		*text = format("%" PRIu64 "%s", nr, nr && !row->bare ? " not reporting" : "");
	return ret;
}

#define LEFT	0
#define RIGHT	SCOLS_FL_RIGHT
#define STRING	SCOLS_JSON_STRING
#define NUMBER	SCOLS_JSON_NUMBER

const struct column columns[NR_COLUMNS] = {
	[COL_CHIP] = { "CHIP", 4, LEFT, STRING,
		"ttN is /dev/tenstorrent/N, ttNrM a chip behind it",
		.cell = cell_chip },
	[COL_ARCH] = { "ARCH", 11, LEFT, STRING,
		"architecture",
		.cell = cell_text, .attr = "arch" },
	[COL_CORES] = { "CORES", 7, RIGHT, STRING,
		"enabled Tensix cores / those of the whole die",
		.cell = cell_part, .attr = "tensix_enabled", .whole = "tensix_nominal" },
	[COL_TENSIX_ENABLED] = { "TENSIX_ENABLED", 3, RIGHT, NUMBER,
		"enabled Tensix cores",
		.cell = cell_number, .attr = "tensix_enabled" },
	[COL_TENSIX_NOMINAL] = { "TENSIX_NOMINAL", 3, RIGHT, NUMBER,
		"Tensix cores of the whole die",
		.cell = cell_number, .attr = "tensix_nominal" },
	[COL_L1_USED] = { "L1_USED", 9, RIGHT, NUMBER,
		"L1 in use by L1 buffers",
		.cell = cell_bytes, .attr = "l1_used" },
	[COL_L1_TOTAL] = { "L1_TOTAL", 9, RIGHT, NUMBER,
		"L1 of the enabled cores",
		.cell = cell_bytes, .attr = "l1_total" },
	[COL_L1_PCT] = { "L1_PCT", 4, RIGHT, NUMBER,
		"L1_USED in percent of L1_TOTAL",
		.cell = cell_percent, .attr = "l1_used", .whole = "l1_total" },
	[COL_DRAM_USED] = { "DRAM_USED", 9, RIGHT, NUMBER,
		"DRAM in use by DRAM buffers",
		.cell = cell_bytes, .attr = "dram_used" },
	[COL_DRAM_TOTAL] = { "DRAM_TOTAL", 9, RIGHT, NUMBER,
		"DRAM of the enabled banks",
		.cell = cell_bytes, .attr = "dram_total" },
	[COL_DRAM_PCT] = { "DRAM_PCT", 4, RIGHT, NUMBER,
		"DRAM_USED in percent of DRAM_TOTAL",
		.cell = cell_percent, .attr = "dram_used", .whole = "dram_total" },
	[COL_L1_LARGEST_FREE] = { "L1_LARGEST_FREE", 9, RIGHT, NUMBER,
		"largest free block of a bank of L1, times the banks",
		.cell = cell_bytes, .attr = "l1_largest_free" },
	[COL_CLIENTS] = { "CLIENTS", 2, RIGHT, NUMBER,
		"open files that have declared or reported something",
		.cell = cell_number, .attr = "clients" },
	[COL_AGE] = { "AGE", 3, RIGHT, NUMBER,
		"time since the last report",
		.cell = cell_age, .attr = "updated_ns" },
	[COL_SILENT] = { "SILENT", 1, LEFT, NUMBER,
		"processes seen here that hold /dev/tenstorrent/N and have not reported",
		.cell = cell_silent },
};
