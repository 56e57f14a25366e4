// SPDX-License-Identifier: GPL-2.0-only
/*
 * ttmem top: clients, and their order.
 */
#include <err.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "table.h"
#include "top.h"

const struct top_column top_columns[NR_TOP_COLUMNS] = {
	[TOP_CHIP] = { "CHIP", 'c', NULL, 5, 0, false },
	[TOP_PID] = { "PID", 'p', "pid", 5, 1, false },
	[TOP_L1] = { "L1", 'l', "l1_used", 9, 2, true },
	[TOP_L1_PEAK] = { "L1_PEAK", 'm', "l1_peak", 9, 7, true },
	[TOP_CB] = { "CB", 'b', "cb_used", 9, 5, true },
	[TOP_DRAM] = { "DRAM", 'd', "dram_used", 9, 3, true },
	[TOP_DRAM_PEAK] = { "DRAM_PEAK", 'e', "dram_peak", 9, 8, true },
	[TOP_AGE] = { "AGE", 'a', "updated_ns", 3, 6, false },
	[TOP_COMMAND] = { "COMMAND", 'n', NULL, 8, 4, false },
};

/* To be freed. A process that ended, or is not visible here, has no name. */
static char *command_of(const struct tree *tree, uint64_t pid)
{
	struct row row = { .tree = tree, .pid = pid == UNKNOWN ? 0 : pid };
	struct cell cell;
	char *escaped;

	if (cell_command(&row, NULL, &cell))
		return copy_text("-");
	escaped = format_escaped(cell.text);
	free(cell.text);
	return escaped;
}

static char *text_of(int column, uint64_t value)
{
	if (value == UNKNOWN)
		return copy_text("-");
	if (top_columns[column].bytes)
		return format_bytes(value);
	if (column == TOP_AGE)
		return format_age(value);
	return format("%" PRIu64, value);
}

static void add_client(struct top *top, size_t chip, uint64_t id, const struct ttmem_stat *stat)
{
	struct client *client;
	int i;

	top->clients = reallocarray(top->clients, top->nr_clients + 1, sizeof(*top->clients));
	if (!top->clients)
		err(EX_FAILED, NULL);
	client = &top->clients[top->nr_clients++];
	client->id = id;

	for (i = 0; i < NR_TOP_COLUMNS; i++)
		if (top_columns[i].attr)
			client->figures[i] = figure(stat, top_columns[i].attr);
	client->figures[TOP_CHIP] = chip;
	/* A process that is not visible here is not number 0. */
	if (!client->figures[TOP_PID])
		client->figures[TOP_PID] = UNKNOWN;
	client->figures[TOP_AGE] = age_of(top, client->figures[TOP_AGE]);
	client->figures[TOP_COMMAND] = 0;

	for (i = 0; i < NR_TOP_COLUMNS; i++)
		if (top_columns[i].attr)
			client->cells[i] = text_of(i, client->figures[i]);
	client->cells[TOP_CHIP] = copy_text(top->follower.chips[chip]->name);
	client->cells[TOP_COMMAND] = command_of(&top->tree, client->figures[TOP_PID]);
}

void forget_clients(struct top *top)
{
	size_t i;
	int column;

	for (i = 0; i < top->nr_clients; i++)
		for (column = 0; column < NR_TOP_COLUMNS; column++)
			free(top->clients[i].cells[column]);
	top->nr_clients = 0;
}

void look_at_clients(struct top *top)
{
	struct ttmem_stat *stat;
	const char *name;
	uint64_t *ids;
	size_t chip;
	int i, nr;

	forget_clients(top);
	for (chip = 0; chip < top->follower.nr; chip++) {
		name = top->follower.chips[chip]->name;
		nr = ttmem_sysfs_clients(top->tree.sysfs, name, &ids);
		for (i = 0; i < nr; i++) {
			/* One that left since is no client any more. */
			if (ttmem_stat_read_client(top->tree.sysfs, name, ids[i], &stat))
				continue;
			add_client(top, chip, ids[i], stat);
			ttmem_stat_free(stat);
		}
		if (nr >= 0)
			free(ids);
	}
	top_sort(top);
}

/* ---- their order --------------------------------------------------------------------------- */

static int compare_figures(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* What is unknown comes last, whatever the order. */
static int compare_clients(const void *first, const void *second, void *arg)
{
	const struct client *a = first, *b = second;
	const struct top *top = arg;
	uint64_t x = a->figures[top->sort], y = b->figures[top->sort];
	int order;

	if (top->sort == TOP_COMMAND)
		order = strcmp(a->cells[TOP_COMMAND], b->cells[TOP_COMMAND]);
	else if (x == UNKNOWN || y == UNKNOWN)
		order = compare_figures(x, y) * (top->reverse ? -1 : 1);
	else
		order = compare_figures(x, y) * (top_columns[top->sort].bytes ? -1 : 1);
	if (order)
		return top->reverse ? -order : order;
	order = compare_figures(a->figures[TOP_CHIP], b->figures[TOP_CHIP]);
	return order ? order : compare_figures(a->id, b->id);
}

void top_sort(struct top *top)
{
	if (top->nr_clients)
		qsort_r(top->clients, top->nr_clients, sizeof(*top->clients), compare_clients, top);
}
