// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The reader's side: which chips there are, and which clients they have.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"
#include "libttmem.h"

static int open_class(const char *sysroot)
{
	char *path;
	int fd, err;

	if (asprintf(&path, "%s/sys/class/tenstorrent", sysroot) < 0)
		return -ENOMEM;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	err = errno;
	free(path);
	return fd < 0 ? -err : fd;
}

TTMEM_EXPORT int ttmem_sysfs_open(struct ttmem_sysfs **sysfs, const char *sysroot)
{
	struct ttmem_sysfs *new;
	int fd;

	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;
	fd = open_class(sysroot ? sysroot : "");
	if (fd < 0) {
		free(new);
		return fd;
	}
	new->class_fd = fd;
	*sysfs = new;
	return 0;
}

TTMEM_EXPORT void ttmem_sysfs_close(struct ttmem_sysfs *sysfs)
{
	if (!sysfs)
		return;
	close(sysfs->class_fd);
	free(sysfs);
}

static const char *skip_digits(const char *s)
{
	return s + strspn(s, "0123456789");
}

/*
 * ttN, or ttNrM with M from 1 on: ^tt[0-9]+(r[1-9][0-9]*)?$ as an expression. All else in the class
 * belongs to tt-kmd, or to drivers that are still to come.
 */
bool ttmem_is_chip_name(const char *name)
{
	const char *end;

	if (strncmp(name, "tt", 2) != 0)
		return false;
	name += 2;
	end = skip_digits(name);
	if (end == name)
		return false;
	if (!*end)
		return true;
	if (end[0] != 'r' || end[1] == '0')
		return false;
	name = end + 1;
	end = skip_digits(name);
	return end != name && !*end;
}

static int is_chip(const struct dirent *entry)
{
	return ttmem_is_chip_name(entry->d_name);
}

TTMEM_EXPORT int ttmem_sysfs_chips(struct ttmem_sysfs *sysfs, char ***names)
{
	struct dirent **entries;
	char **list;
	int i, nr;

	/* Opens the directory anew each time, so that threads do not share a position in it. */
	nr = scandirat(sysfs->class_fd, ".", &entries, is_chip, versionsort);
	if (nr < 0)
		return -errno;

	list = calloc(nr + 1, sizeof(*list));
	for (i = 0; list && i < nr; i++) {
		list[i] = strdup(entries[i]->d_name);
		if (!list[i]) {
			ttmem_sysfs_free_chips(list);
			list = NULL;
		}
	}

	for (i = 0; i < nr; i++)
		free(entries[i]);
	free(entries);
	if (!list)
		return -ENOMEM;
	*names = list;
	return nr;
}

TTMEM_EXPORT void ttmem_sysfs_free_chips(char **names)
{
	size_t i;

	if (!names)
		return;
	for (i = 0; names[i]; i++)
		free(names[i]);
	free(names);
}

/* ---- clients ------------------------------------------------------------------------------- */

static int is_client(const struct dirent *entry)
{
	return !*skip_digits(entry->d_name);
}

TTMEM_EXPORT int ttmem_sysfs_clients(struct ttmem_sysfs *sysfs, const char *chip, uint64_t **ids)
{
	char path[NAME_MAX + sizeof("/clients")];
	struct dirent **entries;
	uint64_t *list;
	int i, nr;

	if (!ttmem_is_chip_name(chip))
		return -EINVAL;
	if (snprintf(path, sizeof(path), "%s/clients", chip) >= (int)sizeof(path))
		return -ENAMETOOLONG;
	nr = scandirat(sysfs->class_fd, path, &entries, is_client, versionsort);
	if (nr < 0)
		return -errno;

	list = calloc(nr + 1, sizeof(*list));
	for (i = 0; i < nr; i++) {
		if (list)
			list[i] = strtoull(entries[i]->d_name, NULL, 10);
		free(entries[i]);
	}
	free(entries);
	if (!list)
		return -ENOMEM;
	*ids = list;
	return nr;
}
