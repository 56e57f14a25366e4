/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of the kernel that chips and clients take: objects of its slab allocator, which are all of
 * it but ledger pages. For kernels without debugging of those objects.
 */
#ifndef TTMEM_MEMORY_H
#define TTMEM_MEMORY_H

#include <dirent.h>

#include "ttmem_test.h"

/* Names that were looked up lately survive the first time, and keep what they name. */
static inline void slab_drop_names(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		usleep(100000);
		file_write("/proc/sys/vm/drop_caches", "2");
	}
	usleep(100000);
}

/* Objects that a cache has at hand would count as used. */
static inline int slab_shrink(void)
{
	DIR *caches = opendir("/sys/kernel/slab");
	struct dirent *entry;
	char path[320];

	if (!caches)
		return -errno;
	while ((entry = readdir(caches))) {
		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", entry->d_name);
		file_write(path, "1");
	}
	closedir(caches);
	return 0;
}

/* Bytes of all objects in use. */
static inline long long slab_bytes(void)
{
	unsigned long objects, size;
	long long bytes = 0;
	char line[512];
	FILE *file;

	slab_drop_names();
	if (slab_shrink())
		return -ENOENT;
	slab_drop_names();
	file = fopen("/proc/slabinfo", "r");
	if (!file)
		return -errno;
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %lu %*u %lu", &objects, &size) == 2)
			bytes += (long long)objects * size;
	fclose(file);
	return bytes;
}

/*
 * The least of some counts: what processors have at hand counts as in use, and may be there or not,
 * as may what others do.
 */
static inline long long slab_least(void)
{
	long long least = slab_bytes(), bytes;
	int i;

	for (i = 0; i < 5 && least >= 0; i++) {
		bytes = slab_bytes();
		if (bytes < least)
			least = bytes;
	}
	return least;
}

#endif /* TTMEM_MEMORY_H */
