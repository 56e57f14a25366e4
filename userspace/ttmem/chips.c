// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which chips are meant: all of them, or those with a name. A chip has several: ttN or ttNrM; for
 * a PCI function also N, the paths of its nodes of tt-kmd and of ttmem, its PCI address, and what
 * udev links to a node in by-id/, with or without that directory.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ttmem.h"

#define KMD_NODES	"/dev/tenstorrent/"
#define OUR_NODES	"/dev/ttmem/"

bool chip_is_gateway(const char *chip)
{
	return !strchr(chip, 'r');
}

bool chip_is_behind(const char *chip, const char *gateway)
{
	size_t len = strlen(gateway);

	return strncmp(chip, gateway, len) == 0 && chip[len] == 'r';
}

/*
 * The place of a chip in sysfs, of which the link in the class tells, is below its PCI function's:
 * .../0000:01:00.0/tenstorrent/tenstorrent!0/tt0
 */
char *chip_address(const struct tree *tree, const char *chip)
{
	char *link = format("%s/sys/class/tenstorrent/%s", tree->root, chip);
	char target[PATH_MAX];
	ssize_t len = readlink(link, target, sizeof(target) - 1);
	char *end, *start;

	free(link);
	if (len < 0 || !chip_is_gateway(chip))
		return NULL;
	target[len] = '\0';
	end = strstr(target, "/tenstorrent/tenstorrent!");
	if (!end)
		return NULL;
	*end = '\0';
	start = strrchr(target, '/');
	return copy_text(start ? start + 1 : target);
}

/* Without the domain, too: 01:00.0 is the usual name of 0000:01:00.0. */
static bool has_address(const struct tree *tree, const char *chip, const char *wanted)
{
	char *address = strchr(wanted, ':') ? chip_address(tree, chip) : NULL;
	const char *behind_domain;
	bool has = false;

	if (address) {
		behind_domain = strchr(address, ':');
		has = !strcasecmp(address, wanted) ||
		      (behind_domain && !strcasecmp(behind_domain + 1, wanted));
	}
	free(address);
	return has;
}

/* What a name below by-id/ of a directory links to; NULL if it is none. No node is opened. */
static char *link_target(const struct tree *tree, const char *directory, const char *name)
{
	char *link, target[PATH_MAX];
	ssize_t len;

	if (!*name || strchr(name, '/'))
		return NULL;
	link = format("%s%sby-id/%s", tree->root, directory, name);
	len = readlink(link, target, sizeof(target) - 1);
	free(link);
	if (len < 0)
		return NULL;
	target[len] = '\0';
	return copy_text(basename(target));
}

static const char *skip_prefix(const char *s, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(s, prefix, len) == 0 ? s + len : s;
}

/* Is it the node of a chip? @prefix is what is before the number. */
static bool is_node(const char *chip, const char *prefix, const char *node)
{
	const char *number = skip_prefix(node, prefix);

	return chip_is_gateway(chip) && (number != node || !*prefix) &&
	       strcmp(chip + strlen("tt"), number) == 0;
}

size_t chips_match(const struct tree *tree, char **all, const char *name, const char **chip)
{
	const char *kmd_node = skip_prefix(name, KMD_NODES);
	const char *our_node = skip_prefix(name, OUR_NODES);
	char *kmd_target = link_target(tree, KMD_NODES, skip_prefix(kmd_node, "by-id/"));
	char *our_target = link_target(tree, OUR_NODES, skip_prefix(our_node, "by-id/"));
	size_t i, nr = 0;

	for (i = 0; all[i]; i++) {
		if (strcmp(all[i], name) == 0 || has_address(tree, all[i], name) ||
		    is_node(all[i], "", kmd_node) || is_node(all[i], "tt", our_node) ||
		    (kmd_target && is_node(all[i], "", kmd_target)) ||
		    (our_target && is_node(all[i], "tt", our_target))) {
			*chip = all[i];
			nr++;
		}
	}
	free(kmd_target);
	free(our_target);
	return nr;
}

bool chips_have(char **chips, const char *name)
{
	size_t i;

	for (i = 0; chips[i]; i++)
		if (strcmp(chips[i], name) == 0)
			return true;
	return false;
}

/* Returns 0, or an exit code after a message. Duplicates are shown once. */
static int find_chips(const struct tree *tree, char **all, int nr, char **args, char **chosen)
{
	int i, nr_chosen = 0, code = 0;
	const char *chip;
	size_t found;

	for (i = 0; i < nr; i++) {
		found = chips_match(tree, all, args[i], &chip);
		if (found == 1 && !chips_have(chosen, chip)) {
			chosen[nr_chosen++] = copy_text(chip);
		} else if (found != 1) {
			warnx(found ? "'%s' may be any of several chips" : "no chip '%s'", args[i]);
			code = EX_FAILED;
		}
	}
	return code;
}

int chips_explain_gone(const struct tree *tree, char **all, char **chosen)
{
	if (all == chosen)
		return tree_explain_no_chips(tree);
	warnx("the chip has gone");
	return EX_FAILED;
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
	code = find_chips(tree, all, nr, args, chosen);
	ttmem_sysfs_free_chips(all);
	if (code)
		ttmem_sysfs_free_chips(chosen);
	else
		*chips = chosen;
	return code;
}
