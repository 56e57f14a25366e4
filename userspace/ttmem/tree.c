// SPDX-License-Identifier: GPL-2.0-only
/*
 * The system that is looked at: the running one, or a captured one below a directory.
 */
#include <err.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "ttmem.h"

#define NS_PER_S	1000000000ULL

static bool tree_has(const struct tree *tree, const char *path)
{
	char *full = format("%s%s", tree->root, path);
	bool there = access(full, F_OK) == 0;

	free(full);
	return there;
}

/* The clock of a captured tree: the first figure of its proc/uptime, in hundredths of a second. */
static void read_uptime(struct tree *tree)
{
	char *path = format("%s/proc/uptime", tree->root);
	uint64_t seconds, hundredths;
	FILE *file = fopen(path, "re");

	free(path);
	if (!file)
		return;
	tree->has_uptime = fscanf(file, "%" SCNu64 ".%2" SCNu64, &seconds, &hundredths) == 2;
	if (tree->has_uptime)
		tree->uptime = seconds * NS_PER_S + hundredths * (NS_PER_S / 100);
	fclose(file);
}

int tree_open(struct tree *tree, const char *sysroot)
{
	int ret;

	*tree = (struct tree) {
		.captured = sysroot,
		.root = sysroot ? sysroot : "",
	};
	if (tree->captured)
		read_uptime(tree);

	ret = ttmem_sysfs_open(&tree->sysfs, sysroot);
	if (!ret)
		return 0;
	/* A mistyped directory, or a container without sysfs, says nothing about drivers. */
	if (ret == -ENOENT && tree_has(tree, "/sys")) {
		warnx("tt-kmd is not loaded; run 'modprobe -a tenstorrent ttmem'");
		return EX_NOT_LOADED;
	}
	errno = -ret;
	warn("%s%s", tree->root, ret == -ENOENT ? "/sys" : "/sys/class/tenstorrent");
	return EX_FAILED;
}

int tree_explain_no_chips(const struct tree *tree)
{
	if (!tree_has(tree, "/sys/module/ttmem")) {
		warnx("the module ttmem is not loaded; run 'modprobe ttmem'");
		return EX_NOT_LOADED;
	}
	warnx("ttmem is loaded, but tt-kmd has no chip for it; check 'lspci -d 1e52:' and 'dmesg'");
	return EX_FAILED;
}

void tree_close(struct tree *tree)
{
	ttmem_sysfs_close(tree->sysfs);
}

/*
 * The clock that updated_ns is on. That of a captured tree stopped when it was captured. Returns 0,
 * or -ENODATA if the tree has none.
 */
int tree_clock(const struct tree *tree, uint64_t *ns)
{
	struct timespec now;

	if (tree->captured) {
		*ns = tree->uptime;
		return tree->has_uptime ? 0 : -ENODATA;
	}
	clock_gettime(CLOCK_MONOTONIC, &now);
	*ns = now.tv_sec * NS_PER_S + now.tv_nsec;
	return 0;
}

/* When a captured tree's machine was started, in seconds since 1970. */
static int read_boot_time(const struct tree *tree, uint64_t *seconds)
{
	char *path = format("%s/proc/stat", tree->root);
	FILE *file = fopen(path, "re");
	char line[256];
	int ret = -ENODATA;

	free(path);
	if (!file)
		return -ENODATA;
	while (ret && fgets(line, sizeof(line), file))
		if (sscanf(line, "btime %" SCNu64, seconds) == 1)
			ret = 0;
	fclose(file);
	return ret;
}

/*
 * A time of that clock in seconds since 1970, also of a captured tree that has no clock of its own.
 * Returns 0, or -ENODATA if that cannot be told: 0 is never, and no time is still to come.
 */
int tree_unix_time(const struct tree *tree, uint64_t ns, uint64_t *seconds)
{
	struct timespec today;
	uint64_t now;

	if (!ns)
		return -ENODATA;
	if (tree->captured) {
		if (read_boot_time(tree, seconds))
			return -ENODATA;
		*seconds += ns / NS_PER_S;
		return 0;
	}
	tree_clock(tree, &now);
	clock_gettime(CLOCK_REALTIME, &today);
	if (ns > now)
		return -ENODATA;
	*seconds = (today.tv_sec * NS_PER_S + today.tv_nsec - (now - ns)) / NS_PER_S;
	return 0;
}

bool is_gone(int ret)
{
	return ret == -ENOENT || ret == -ENODEV;
}

/* Says why figures of a chip are not shown. A chip or a client that went away is no failure. */
int tree_explain_unread(const char *chip, const char *file, int ret)
{
	if (is_gone(ret))
		return 0;
	if (ret == -EPROTO) {
		warnx("%s: %s is not as documented", chip, file);
	} else {
		errno = -ret;
		warn("%s: %s", chip, file);
	}
	return EX_FAILED;
}
