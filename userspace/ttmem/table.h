/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables of chips, clients and pools: their columns, the options that choose among them, and how
 * they are printed.
 */
#ifndef TTMEM_TABLE_H
#define TTMEM_TABLE_H

#include <libsmartcols.h>

#include "ttmem.h"

#define MAX_COLUMNS	64

/**
 * struct row - what a line is about
 * @tree: where it is
 * @all: all chips there, ended by NULL
 * @chip: its chip
 * @stat: its figures; NULL for a process that has not reported
 * @client: number of a client; 0 for a process that is none
 * @pid: of a client or of such a process; 0 if it is not visible here
 * @pool: name of a pool
 */
struct row {
	const struct tree *tree;
	char **all;
	const char *chip;
	const struct ttmem_stat *stat;
	uint64_t client;
	uint64_t pid;
	const char *pool;
};

/* What is in a cell. Programs get bare numbers, people are told the unit. */
enum kind {
	KIND_TEXT,
	KIND_NUMBER,
	KIND_BYTES,
	KIND_PERCENT,
	KIND_SECONDS,
	KIND_SILENT,	/* a number of processes that should have reported */
};

/**
 * struct cell - what is in a cell
 * @text: of KIND_TEXT, to be freed
 * @number: of all other kinds
 */
struct cell {
	char *text;
	uint64_t number;
};

/* Who sees a column that was not asked for. */
#define FOR_PEOPLE	1
#define FOR_PROGRAMS	2
#define FOR_ALL		(FOR_PEOPLE | FOR_PROGRAMS)

/**
 * struct column - a column
 * @name: heading, name for --output, and in lower case the name in JSON
 * @width: usual width, so that the table changes little from call to call; an absolute one (not
 *	below 1), because libsmartcols cuts relative ones, and half a number is a wrong number
 * @flags: of libsmartcols
 * @kind: what is in its cells
 * @shown: FOR_PEOPLE and FOR_PROGRAMS
 * @help: a line for --help
 * @get: fills a cell; returns 0, -ENODATA if unknown, or -EPROTO
 * @attr: name in the file of figures
 * @whole: name of what @attr is a part of
 */
struct column {
	const char *name;
	double width;
	int flags;
	enum kind kind;
	unsigned int shown;
	const char *help;
	int (*get)(const struct row *row, const struct column *column, struct cell *cell);
	const char *attr;
	const char *whole;
};

/**
 * struct columns - the columns that there are
 * @list: in the order of --help, and of those that are shown
 * @nr: their number
 */
struct columns {
	const struct column *list;
	size_t nr;
};

extern const struct columns chip_columns;
extern const struct columns client_columns;

/**
 * struct options - what was asked for
 * @sysroot: directory of a captured tree, or NULL
 * @output: names of columns, or NULL
 * @json: as JSON, where an unknown figure is null
 * @raw: as words, with blanks escaped
 * @pairs: as NAME="value"
 * @bytes: sizes as numbers of bytes
 * @no_headings: without the line of headings
 * @columns: to be shown, in this order
 * @nr_columns: their number
 */
struct options {
	const char *sysroot;
	char *output;
	bool json;
	bool raw;
	bool pairs;
	bool bytes;
	bool no_headings;
	const struct column *columns[MAX_COLUMNS];
	size_t nr_columns;
};

/**
 * struct usage - how a command is called
 * @command: its name
 * @synopsis: behind "Usage: ttmem "
 * @about: what it does
 * @rest: how its arguments are meant, and its exit codes; NULL if as usual
 * @columns: to choose from; NULL for a command without a choice
 */
struct usage {
	const char *command;
	const char *synopsis;
	const char *about;
	const char *rest;
	const struct columns *columns;
};

/* options.c: returns an exit code, or GO_ON; the arguments begin at optind */
int options_parse(struct options *options, const struct usage *usage, int argc, char **argv);
void options_default_columns(struct options *options, const struct columns *columns);
/* @names is written to. Says on stderr what is wrong with it. */
bool options_choose_columns(struct options *options, const struct columns *columns, char *names);
bool options_for_programs(const struct options *options);

/*
 * Opens the tree, and shows the chips that the arguments from optind on name: @all are those that
 * there are. Returns an exit code.
 */
int show_chips(const struct options *options, int argc, char **argv,
	       int (*show)(const struct options *options, const struct tree *tree, char **all,
			   char **chips));

/* cells.c: those of figures */
int cell_text(const struct row *row, const struct column *column, struct cell *cell);
int cell_number(const struct row *row, const struct column *column, struct cell *cell);
int cell_percent(const struct row *row, const struct column *column, struct cell *cell);
int cell_part(const struct row *row, const struct column *column, struct cell *cell);
int cell_age(const struct row *row, const struct column *column, struct cell *cell);
int cell_chip(const struct row *row, const struct column *column, struct cell *cell);

/* process.c: those of processes */
int cell_pid(const struct row *row, const struct column *column, struct cell *cell);
int cell_uid(const struct row *row, const struct column *column, struct cell *cell);
int cell_user(const struct row *row, const struct column *column, struct cell *cell);
int cell_command(const struct row *row, const struct column *column, struct cell *cell);
int cell_command_line(const struct row *row, const struct column *column, struct cell *cell);

struct table;
struct json_object;

/* ps.c: adds who holds a chip; returns an exit code */
int clients_add(struct table *table, const struct tree *tree, char **all, const char *chip);

/* table.c */
/* @json: the object whose arrays are to be filled, or NULL for one of its own */
struct table *table_new(const struct options *options, struct json_object *json);
/* In JSON there is an array of this name, also if nothing is in it. */
void table_begin(struct table *table, const char *name);
/*
 * One more line. In JSON it is one more element of the array @name. Returns 0, or -EPROTO if a
 * figure is not as documented; then there is no line.
 */
int table_add(struct table *table, const char *name, const struct row *row);
/* One more element of an array that is in JSON alone. */
void table_add_name(struct table *table, const char *array, const char *name);
void table_print(struct table *table);
bool table_is_empty(const struct table *table);
void table_free(struct table *table);

#endif /* TTMEM_TABLE_H */
