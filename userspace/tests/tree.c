// SPDX-License-Identifier: GPL-2.0-only
/*
 * Trees that look like sysfs, each in a temporary directory of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "tree.h"

char root[64];

int make_root(void **state)
{
	(void)state;
	strcpy(root, "/tmp/ttmem-test-XXXXXX");
	return !mkdtemp(root);
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

int remove_root(void **state)
{
	(void)state;
	return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

const char *in_root(const char *path)
{
	static char full[512];
	char *slash;

	snprintf(full, sizeof(full), "%s%s", root, path);
	for (slash = full + strlen(root) + 1; (slash = strchr(slash, '/')); slash++) {
		*slash = '\0';
		if (mkdir(full, 0755))
			assert_int_equal(errno, EEXIST);
		*slash = '/';
	}
	return full;
}

void put(const char *path, const char *text, size_t len)
{
	int fd = open(in_root(path), O_WRONLY | O_CREAT | O_TRUNC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

struct ttmem_sysfs *open_root(void)
{
	struct ttmem_sysfs *sysfs;

	in_root(CLASS "/");
	assert_int_equal(ttmem_sysfs_open(&sysfs, root), 0);
	return sysfs;
}
