/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is different between two snapshots, and how it is said.
 */
#ifndef TTMEM_CHANGES_H
#define TTMEM_CHANGES_H

#include "ttmem.h"

/**
 * struct change - a figure that is different
 * @name: its name in mem/stat
 * @before: what it was; NULL if that was unknown
 * @now: what it is; NULL if that is unknown
 */
struct change {
	const char *name;
	const char *before;
	const char *now;
};

/**
 * struct choice - the figures of interest
 * @names: their names; NULL for all
 * @nr_names: how many names
 * @times: those that are times, too, which change with each report; @names say so by themselves
 */
struct choice {
	const char *const *names;
	size_t nr_names;
	bool times;
};

/**
 * changes_find - compare two snapshots
 * @before: the first one; NULL if there is none: then all of interest that is known is a change,
 *	and so is what was chosen by its name, known or not
 * @now: the second one
 * @choice: the figures of interest
 * @changes: where to put a list of changes, to be freed with free(3); it points into all arguments
 *
 * Return: how many there are.
 */
size_t changes_find(const struct ttmem_stat *before, const struct ttmem_stat *now,
		    const struct choice *choice, struct change **changes);

/* One line, to be freed, without its end: "l1_used 0 B -> 45.2 MiB, clients 0 -> 1". */
char *changes_text(const struct change *changes, size_t nr, bool bytes);
/* Likewise, of values alone: "l1_used 45.2 MiB, clients 1". */
char *changes_values(const struct change *changes, size_t nr, bool bytes);

struct json_object;

/* An object of names and values now: numbers if they are decimal, null if they are unknown. */
struct json_object *changes_json(const struct change *changes, size_t nr);

#endif /* TTMEM_CHANGES_H */
