/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the parts of ttmem top share: what was looked at, and what is to be seen of it.
 */
#ifndef TTMEM_TOP_H
#define TTMEM_TOP_H

#include <time.h>

#include "follow.h"
#include "history.h"

/* Of a figure that is not known. */
#define UNKNOWN		UINT64_MAX

/* Pools with a bar. Circular buffers lie in L1, and are shown in its bar. */
enum {
	POOL_L1,
	POOL_L1_SMALL,
	POOL_DRAM,
	POOL_TRACE,
	NR_POOLS,
};

extern const char *const pool_names[NR_POOLS];

/* What a client is shown with, from the left, and what clients can be sorted by. */
enum {
	TOP_CHIP,
	TOP_PID,
	TOP_L1,
	TOP_L1_PEAK,
	TOP_CB,
	TOP_DRAM,
	TOP_DRAM_PEAK,
	TOP_AGE,
	TOP_COMMAND,
	NR_TOP_COLUMNS,
};

/**
 * struct top_column - a column of clients
 * @name: its heading
 * @key: sorts by it
 * @attr: name in the client's stat
 * @min: it is at least so wide
 * @rank: where there is no room for all columns, those with the highest rank are left out
 * @bytes: it has sizes: the largest one comes first
 */
struct top_column {
	const char *name;
	int key;
	const char *attr;
	int min;
	int rank;
	bool bytes;
};

extern const struct top_column top_columns[NR_TOP_COLUMNS];

/**
 * struct bar - a pool of a chip
 * @chip: the chip
 * @pool: the pool, or -1 if the chip cannot be read: it has an error then
 */
struct bar {
	struct followed *chip;
	int pool;
};

/**
 * struct client - a client of a chip
 * @id: its number
 * @figures: to sort by: the place of the chip among all, pid, bytes, seconds
 * @cells: what is to be seen; safe for a terminal
 */
struct client {
	uint64_t id;
	uint64_t figures[NR_TOP_COLUMNS];
	char *cells[NR_TOP_COLUMNS];
};

/**
 * struct top - all of it
 * @tree: where the chips are
 * @follower: follows them
 * @bars: pools of all chips, as of the last look
 * @nr_bars: their number
 * @selected: the one whose history is shown
 * @first_bar: the first one on the screen
 * @selected_chip: the name of its chip, by which it is found again
 * @selected_pool: its pool
 * @clients: as of the last look, in their order
 * @nr_clients: their number
 * @first_client: the first one on the screen
 * @looked: when that was
 * @failure: what the last allocation was that failed; NULL if none has
 * @sort: column by which clients are sorted
 * @reverse: the other way round
 * @paused: nothing is looked at
 * @help: the keys are shown instead
 * @dirty: something has happened since the last look
 */
struct top {
	struct tree tree;
	struct follower follower;
	struct bar *bars;
	size_t nr_bars;
	size_t selected;
	size_t first_bar;
	char *selected_chip;
	int selected_pool;
	struct client *clients;
	size_t nr_clients;
	size_t first_client;
	time_t looked;
	char *failure;
	int sort;
	bool reverse;
	bool paused;
	bool help;
	bool dirty;
};

/* top_look.c */

/* A figure of a snapshot, or UNKNOWN. */
uint64_t figure(const struct ttmem_stat *stat, const char *name);
uint64_t figure_of(const struct ttmem_stat *stat, const char *pool, const char *what);
/* Seconds since a time of the driver, or UNKNOWN. */
uint64_t age_of(const struct top *top, uint64_t then);
/* Its history, of a chip that was announced by top_event(). */
struct history *top_history(const struct bar *bar);
/* For follow_start(). */
void top_event(void *ctx, enum follow_event event, struct followed *chip,
	       const struct ttmem_stat *before);
/* Makes what is to be seen anew. */
void top_look(struct top *top);
void top_select(struct top *top, size_t bar);
void top_free(struct top *top);

/* top_clients.c */
void look_at_clients(struct top *top);
void forget_clients(struct top *top);
/* Puts the clients into their order. */
void top_sort(struct top *top);

/* top_draw.c */
void top_draw(struct top *top);

#endif /* TTMEM_TOP_H */
