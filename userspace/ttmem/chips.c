// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which chips are meant: by name, or all of them.
 */
#include <err.h>
#include <errno.h>
#include <string.h>
#include <stdlib.h>

#include "ttmem.h"

static bool has_chip(char **chips, const char *name)
{
	size_t i;

	for (i = 0; chips[i]; i++)
		if (strcmp(chips[i], name) == 0)
			return true;
	return false;
}

/* Returns 0, or an exit code after a message. Duplicates are shown once. */
static int find_chips(char **all, int nr, char **args, char **chosen)
{
	int i, nr_chosen = 0, code = 0;

	for (i = 0; i < nr; i++) {
		if (!has_chip(all, args[i])) {
			warnx("no chip '%s'", args[i]);
			code = EX_FAILED;
		} else if (!has_chip(chosen, args[i])) {
			chosen[nr_chosen] = strdup(args[i]);
			if (!chosen[nr_chosen++])
				err(EX_FAILED, NULL);
		}
	}
	return code;
}

int chips_select(const struct tree *tree, int nr, char **args, char ***chips)
{
	char **all, **chosen;
	int ret, code;

	ret = ttmem_sysfs_chips(tree->sysfs, &all);
	if (ret < 0) {
		errno = -ret;
		warn("cannot list the chips");
		return EX_FAILED;
	}
	if (ret == 0) {
		ttmem_sysfs_free_chips(all);
		return tree_explain_no_chips(tree);
	}
	if (!nr) {
		*chips = all;
		return 0;
	}

	chosen = calloc(nr + 1, sizeof(*chosen));
	if (!chosen)
		err(EX_FAILED, NULL);
	code = find_chips(all, nr, args, chosen);
	ttmem_sysfs_free_chips(all);
	if (code)
		ttmem_sysfs_free_chips(chosen);
	else
		*chips = chosen;
	return code;
}
