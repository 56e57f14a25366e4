// SPDX-License-Identifier: GPL-2.0-only
#include <err.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "metrics.h"
#include "table.h"

static void *grow(void *list, size_t nr, size_t size)
{
	list = reallocarray(list, nr + 1, size);
	if (!list)
		err(EX_FAILED, NULL);
	return list;
}

/* ---- clients ------------------------------------------------------------------------------- */

static const struct cgroup *find_cgroup(struct metrics *metrics, uint64_t pid)
{
	struct cgroup cgroup, *new;
	size_t i;

	if (!metrics->with_cgroups || !cgroup_read(&metrics->tree, pid, &cgroup))
		return NULL;
	for (i = 0; i < metrics->nr_cgroups; i++) {
		if (strcmp(metrics->cgroups[i]->path, cgroup.path) == 0) {
			cgroup_free(&cgroup);
			return metrics->cgroups[i];
		}
	}
	/* Clients point to it while the list grows. */
	new = grow(NULL, 0, sizeof(*new));
	*new = cgroup;
	metrics->cgroups = grow(metrics->cgroups, metrics->nr_cgroups, sizeof(*metrics->cgroups));
	metrics->cgroups[metrics->nr_cgroups++] = new;
	return new;
}

static char *find_command(const struct metrics *metrics, uint64_t pid)
{
	const struct row row = { .tree = &metrics->tree, .pid = pid };
	struct cell cell;

	return metrics->with_clients && !cell_command(&row, NULL, &cell) ? cell.text : NULL;
}

static void read_client(struct metrics *metrics, struct metrics_chip *chip, uint64_t id)
{
	struct metrics_client client = { .id = id };
	int ret;

	ret = ttmem_stat_read_client(metrics->tree.sysfs, chip->name, id, &client.stat);
	if (ret) {
		if (tree_explain_unread(chip->name, "stat of a client", ret))
			metrics->code = EX_FAILED;
		return;
	}
	metrics_figure(metrics, chip, client.stat, "pid", &client.pid);
	client.command = find_command(metrics, client.pid);
	client.cgroup = find_cgroup(metrics, client.pid);
	chip->clients = grow(chip->clients, chip->nr_clients, sizeof(*chip->clients));
	chip->clients[chip->nr_clients++] = client;
}

static void read_clients(struct metrics *metrics, struct metrics_chip *chip)
{
	uint64_t *ids;
	int i, nr;

	nr = ttmem_sysfs_clients(metrics->tree.sysfs, chip->name, &ids);
	if (nr < 0) {
		if (tree_explain_unread(chip->name, "clients", nr))
			metrics->code = EX_FAILED;
		return;
	}
	for (i = 0; i < nr; i++)
		read_client(metrics, chip, ids[i]);
	free(ids);
}

/* ---- chips --------------------------------------------------------------------------------- */

static int count_silent(const struct metrics *metrics, char **all, const char *chip)
{
	uint64_t *pids;
	int nr = tree_silent(&metrics->tree, all, chip, &pids);

	if (nr >= 0)
		free(pids);
	return nr;
}

static void read_chip(struct metrics *metrics, char **all, const char *name)
{
	struct metrics_chip chip = {};
	struct ttmem_stat *stat;
	int ret;

	ret = ttmem_stat_read(metrics->tree.sysfs, name, &stat);
	if (ret) {
		if (tree_explain_unread(name, "mem/stat", ret))
			metrics->code = EX_FAILED;
		return;
	}
	chip.name = copy_text(name);
	chip.stat = stat;
	chip.address = chip_address(&metrics->tree, name);
	if (!chip_is_gateway(name))
		chip.gateway = format("%.*s", (int)strcspn(name, "r"), name);
	chip.silent = count_silent(metrics, all, name);
	if (metrics->with_clients || metrics->with_cgroups)
		read_clients(metrics, &chip);
	metrics->chips = grow(metrics->chips, metrics->nr_chips, sizeof(*metrics->chips));
	metrics->chips[metrics->nr_chips++] = chip;
}

static void read_chips(struct metrics *metrics, int nr_names, char **names)
{
	char **all, **chosen, **chip;

	metrics->code = chips_select(&metrics->tree, 0, NULL, &all);
	if (metrics->code)
		return;
	chosen = all;
	if (nr_names)
		metrics->code = chips_select(&metrics->tree, nr_names, names, &chosen);
	if (!metrics->code) {
		for (chip = chosen; *chip; chip++)
			read_chip(metrics, all, *chip);
		if (!metrics->nr_chips && !metrics->code)
			metrics->code = chips_explain_gone(&metrics->tree, all, chosen);
		if (chosen != all)
			ttmem_sysfs_free_chips(chosen);
	}
	ttmem_sysfs_free_chips(all);
}

void metrics_read(struct metrics *metrics, const char *sysroot, int nr_names, char **names)
{
	metrics->code = tree_open(&metrics->tree, sysroot);
	if (metrics->code)
		return;
	read_chips(metrics, nr_names, names);
	tree_close(&metrics->tree);
}

static void free_chip(struct metrics_chip *chip)
{
	size_t i;

	for (i = 0; i < chip->nr_clients; i++) {
		ttmem_stat_free(chip->clients[i].stat);
		free(chip->clients[i].command);
	}
	free(chip->clients);
	free(chip->gateway);
	free(chip->address);
	ttmem_stat_free(chip->stat);
	free(chip->name);
}

void metrics_free(struct metrics *metrics)
{
	size_t i;

	for (i = 0; i < metrics->nr_chips; i++)
		free_chip(&metrics->chips[i]);
	free(metrics->chips);
	for (i = 0; i < metrics->nr_cgroups; i++) {
		cgroup_free(metrics->cgroups[i]);
		free(metrics->cgroups[i]);
	}
	free(metrics->cgroups);
}
