/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The columns that describe a chip.
 */
#ifndef TTMEM_COLUMNS_H
#define TTMEM_COLUMNS_H

#include "ttmem.h"

/* In the order of --help. */
enum {
	COL_CHIP,
	COL_ARCH,
	COL_CORES,
	COL_TENSIX_ENABLED,
	COL_TENSIX_NOMINAL,
	COL_L1_USED,
	COL_L1_TOTAL,
	COL_L1_PCT,
	COL_DRAM_USED,
	COL_DRAM_TOTAL,
	COL_DRAM_PCT,
	COL_L1_LARGEST_FREE,
	COL_CLIENTS,
	COL_AGE,
	COL_SILENT,
	NR_COLUMNS,
};

/**
 * struct row - a chip to show
 * @tree: where it is
 * @chips: all chips there, ended by NULL
 * @chip: its name
 * @stat: its figures
 * @bytes: sizes as numbers of bytes
 * @bare: everything as bare numbers, for programs: bytes, percent and seconds
 */
struct row {
	const struct tree *tree;
	char **chips;
	const char *chip;
	struct ttmem_stat *stat;
	bool bytes;
	bool bare;
};

/**
 * struct column - a column
 * @name: heading, name for --output, and in lower case the name in JSON
 * @width: usual width, so that the table changes little from call to call; an absolute one (not
 *	below 1), because libsmartcols cuts relative ones, and half a number is a wrong number
 * @flags: of libsmartcols
 * @json: type of libsmartcols
 * @help: a line for --help
 * @cell: puts the text of a cell, to be freed; returns 0, -ENODATA if unknown, or -EPROTO
 * @attr: name in mem/stat
 * @whole: name in mem/stat of what @attr is a part of
 */
struct column {
	const char *name;
	double width;
	int flags;
	int json;
	const char *help;
	int (*cell)(const struct row *row, const struct column *column, char **text);
	const char *attr;
	const char *whole;
};

extern const struct column columns[NR_COLUMNS];

#endif /* TTMEM_COLUMNS_H */
