/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What `ttmem metrics` reads, all of it before anything is written: samples of one metric have to
 * stand together, whichever chip they are of.
 */
#ifndef TTMEM_METRICS_H
#define TTMEM_METRICS_H

#include "cgroup.h"
#include "exposition.h"
#include "ttmem.h"

/**
 * struct metrics_client - a client of a chip
 * @id: its number
 * @stat: its figures
 * @pid: its process; 0 if it is not visible here, or has ended
 * @command: name of that process, or NULL
 * @cgroup: of that process, or NULL; clients in the same group share it
 */
struct metrics_client {
	uint64_t id;
	struct ttmem_stat *stat;
	uint64_t pid;
	char *command;
	const struct cgroup *cgroup;
};

/**
 * struct metrics_chip - a chip
 * @name: its name
 * @stat: its figures
 * @address: of its PCI function, or NULL
 * @gateway: the chip that it is behind, or NULL
 * @silent: processes that hold it and do not report; negative if that is not known
 * @clients: its clients, if they are wanted
 * @nr_clients: their number
 */
struct metrics_chip {
	char *name;
	struct ttmem_stat *stat;
	char *address;
	char *gateway;
	int silent;
	struct metrics_client *clients;
	size_t nr_clients;
};

/**
 * struct metrics - what was read
 * @tree: where from
 * @with_clients: clients are wanted
 * @with_cgroups: their control groups are wanted
 * @chips: those that could be read
 * @nr_chips: their number
 * @cgroups: of all clients, each once
 * @nr_cgroups: their number
 * @code: exit code: 0 if all that there is could be read
 */
struct metrics {
	struct tree tree;
	bool with_clients;
	bool with_cgroups;
	struct metrics_chip *chips;
	size_t nr_chips;
	struct cgroup **cgroups;
	size_t nr_cgroups;
	int code;
};

/* Calls a statement for each chip. */
#define for_each_chip(chip, metrics) \
	for ((chip) = (metrics)->chips; (chip) < (metrics)->chips + (metrics)->nr_chips; (chip)++)

/* metrics_read.c: says on stderr what is wrong, and goes on with what can be read */
void metrics_read(struct metrics *metrics, const char *sysroot, int nr_names, char **names);
void metrics_free(struct metrics *metrics);

/* metrics_table.c: all that there are; a figure that is not as documented fails, too */
void metrics_write(struct metrics *metrics, struct exposition *exposition);

/* metrics_clients.c: those of clients and of control groups, likewise */
void metrics_write_clients(struct metrics *metrics, struct exposition *exposition);
void metrics_write_cgroups(struct metrics *metrics, struct exposition *exposition);

/* A figure of a chip or of a client of it; false if it is unknown, or not as documented. */
bool metrics_figure(struct metrics *metrics, const struct metrics_chip *chip,
		    const struct ttmem_stat *stat, const char *name, uint64_t *value);
/* The same of a time, as seconds since 1970. */
bool metrics_time(struct metrics *metrics, const struct metrics_chip *chip,
		  const struct ttmem_stat *stat, const char *name, uint64_t *seconds);
/* The same of a figure of a pool; @pool is told by the name of its usage, such as "l1_used". */
bool metrics_pool_figure(struct metrics *metrics, const struct metrics_chip *chip,
			 const struct ttmem_stat *stat, const char *usage, const char *figure,
			 uint64_t *value);
/* The next pool of a snapshot, by the name of its usage; NULL for the first, and at the end. */
const char *metrics_next_pool(const struct ttmem_stat *stat, const char *usage);
/* The label of such a pool. */
void metrics_label_pool(struct exposition *exposition, const char *usage);

#endif /* TTMEM_METRICS_H */
