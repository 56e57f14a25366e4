// SPDX-License-Identifier: GPL-2.0-only
/*
 * Silence told from idleness: processes that use a chip, as tt-kmd knows, and report nothing.
 *
 * tt-kmd lists who holds the node of a PCI function, so this is about gateways. A process that has
 * reported anything is a client of the gateway or of a chip behind it. Both sides give pids as the
 * reader's namespace has them, and 0 for a process that is not visible there. A holder without a
 * pid is not counted. A client without one may be any holder that is left, also one that inherited
 * the client's file: then nobody is accused, and the number is unknown.
 */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ttmem.h"

struct pids {
	uint64_t *list;
	size_t nr;
};

static bool has_pid(const struct pids *pids, uint64_t pid)
{
	size_t i;

	for (i = 0; i < pids->nr; i++)
		if (pids->list[i] == pid)
			return true;
	return false;
}

static void add_pid(struct pids *pids, uint64_t pid)
{
	pids->list = reallocarray(pids->list, pids->nr + 1, sizeof(*pids->list));
	if (!pids->list)
		err(EX_FAILED, NULL);
	pids->list[pids->nr++] = pid;
}

static void remove_pid(struct pids *pids, uint64_t pid)
{
	size_t i;

	for (i = 0; i < pids->nr; i++)
		if (pids->list[i] == pid)
			pids->list[i--] = pids->list[--pids->nr];
}

/* Who holds the node: each visible process once, however often it has opened it. */
static int read_holders(const struct tree *tree, const char *gateway, struct pids *holders)
{
	char *path = format("%s/proc/driver/tenstorrent/%s/pids", tree->root,
			    gateway + strlen("tt"));
	FILE *file = fopen(path, "re");
	int pid, found;

	free(path);
	if (!file)
		return -ENODATA;
	while ((found = fscanf(file, "%d", &pid)) == 1)
		if (pid > 0 && !has_pid(holders, pid))
			add_pid(holders, pid);
	if (ferror(file))
		found = 0;
	fclose(file);
	return found == EOF ? 0 : -ENODATA;
}

int tree_holders(const struct tree *tree, const char *gateway, uint64_t **pids)
{
	struct pids holders = {};
	int ret = read_holders(tree, gateway, &holders);

	if (ret) {
		free(holders.list);
		return ret;
	}
	*pids = holders.list;
	return holders.nr;
}

/* Takes the clients of a chip away from the holders until there is none left to accuse. */
static int remove_clients(const struct tree *tree, const char *chip, struct pids *holders,
			  bool *nameless)
{
	struct ttmem_stat *stat;
	uint64_t *ids, pid;
	int i, nr, ret;

	nr = ttmem_sysfs_clients(tree->sysfs, chip, &ids);
	if (nr < 0)
		return nr == -ENOENT ? 0 : -ENODATA;
	ret = 0;
	for (i = 0; i < nr && holders->nr && !ret; i++) {
		ret = ttmem_stat_read_client(tree->sysfs, chip, ids[i], &stat);
		if (is_gone(ret)) {
			ret = 0;
			continue;
		}
		if (!ret) {
			ret = ttmem_stat_u64(stat, "pid", &pid);
			ttmem_stat_free(stat);
		}
		if (!ret && pid)
			remove_pid(holders, pid);
		else if (!ret)
			*nameless = true;
	}
	free(ids);
	return ret ? -ENODATA : 0;
}

/* One that left in the meantime, and its client with it, did not hold the node in silence. */
static int remove_gone(const struct tree *tree, const char *gateway, struct pids *holders)
{
	struct pids now = {};
	size_t i;
	int ret;

	ret = read_holders(tree, gateway, &now);
	for (i = holders->nr; !ret && i-- > 0;)
		if (!has_pid(&now, holders->list[i]))
			remove_pid(holders, holders->list[i]);
	free(now.list);
	return ret;
}

/*
 * Which processes hold a chip and do not report. Returns their number and gives their pids, to be
 * freed, or -ENODATA if that is not known, as of every remote chip.
 */
int tree_silent(const struct tree *tree, char **chips, const char *chip, uint64_t **pids)
{
	struct pids holders = {};
	bool nameless = false;
	size_t i;
	int ret;

	if (!chip_is_gateway(chip))
		return -ENODATA;
	ret = read_holders(tree, chip, &holders);
	for (i = 0; chips[i] && holders.nr && !ret; i++)
		if (!strcmp(chips[i], chip) || chip_is_behind(chips[i], chip))
			ret = remove_clients(tree, chips[i], &holders, &nameless);
	if (holders.nr && !ret)
		ret = remove_gone(tree, chip, &holders);
	if (holders.nr && nameless)
		ret = -ENODATA;
	if (ret) {
		free(holders.list);
		return ret;
	}
	*pids = holders.list;
	return holders.nr;
}
