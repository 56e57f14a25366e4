// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "input.h"
#include "tree.h"

/* The directory of the tree; a new one below $TMPDIR, which is left to its owner. */
const char *tree_root(void)
{
	static char root[PATH_MAX];
	const char *scratch = getenv("TMPDIR");

	if (*root)
		return root;
	snprintf(root, sizeof(root), "%s/ttmem-fuzz-XXXXXX", scratch ? scratch : "/dev/shm");
	CHECK(mkdtemp(root));
	tree_put(CLASS "/tt0/mem/stat", "", 0);
	return root;
}

static const char *full_path(const char *path)
{
	static char full[2 * PATH_MAX];

	snprintf(full, sizeof(full), "%s%s", tree_root(), path);
	return full;
}

static void make_directories(const char *path)
{
	char *full = strdup(path), *slash = full;

	CHECK(full);
	while ((slash = strchr(slash + 1, '/'))) {
		*slash = '\0';
		CHECK(!mkdir(full, 0755) || errno == EEXIST);
		*slash = '/';
	}
	free(full);
}

/**
 * tree_put - write a file, and make what it needs of directories
 * @path: its name in the tree
 * @bytes: what is to be in it
 * @size: their number
 */
void tree_put(const char *path, const void *bytes, size_t size)
{
	const char *full = full_path(path);
	int fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd < 0 && errno == ENOENT) {
		make_directories(full);
		fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	}
	CHECK(fd >= 0);
	CHECK(write(fd, bytes, size) == (ssize_t)size);
	close(fd);
}

/* Removes a file or an empty directory, if it is there. */
void tree_remove(const char *path)
{
	CHECK(!remove(full_path(path)) || errno == ENOENT);
}
