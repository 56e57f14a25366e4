// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory of the kernel that clients and chips take: objects of its slab allocator, which are all of
 * it but ledger pages, and those are counted.
 */
#include <dirent.h>

#include "../ttmem_test.h"
#include "client.h"
#include "crowd.h"
#include "modes.h"
#include "operations.h"

static struct crowd crowd;

/* Names that were looked up lately survive the first time, and keep what they name. */
static void drop_names(void)
{
	int i;

	for (i = 0; i < 3; i++) {
		usleep(100000);
		file_write("/proc/sys/vm/drop_caches", "2");
	}
	usleep(100000);
}

/* Objects that a cache has at hand would count as used. */
static void shrink_caches(void)
{
	struct dirent *entry;
	char path[320];
	DIR *caches;

	caches = opendir("/sys/kernel/slab");
	if (!caches)
		fail("/sys/kernel/slab");
	while ((entry = readdir(caches))) {
		snprintf(path, sizeof(path), "/sys/kernel/slab/%s/shrink", entry->d_name);
		file_write(path, "1");
	}
	closedir(caches);
}

/* Bytes of all objects in use. */
static double slab(void)
{
	unsigned long objects, size;
	double bytes = 0;
	char line[512];
	FILE *file;

	drop_names();
	shrink_caches();
	drop_names();
	file = fopen("/proc/slabinfo", "r");
	if (!file)
		fail("/proc/slabinfo");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, "%*s %lu %*u %lu", &objects, &size) == 2)
			bytes += (double)objects * size;
	fclose(file);
	return bytes;
}

void mode_memory(const char *argument)
{
	double before, open, reported;

	/* What is there once for all of them. */
	crowd_map(&crowd, 1);
	crowd_leave(&crowd);

	before = slab();
	crowd_open(&crowd, CROWD_MAX);
	open = slab();
	crowd_report(&crowd, CROWD_MAX);
	reported = slab();
	result("memory.open_file", (open - before) / CROWD_MAX);
	result("memory.client", (reported - before) / CROWD_MAX);
	if (crowd_map(&crowd, CROWD_MAX))
		result("memory.client_with_page",
		       (slab() - before) / CROWD_MAX + sysconf(_SC_PAGESIZE));
	crowd_leave(&crowd);
}

static void reload(double *without)
{
	if (module_unload("ttmem"))
		fail("unload ttmem");
	*without = slab();
	if (module_load("ttmem", ""))
		fail("load ttmem");
}

/* Remote chips stay when the clients that declared them have gone. */
void mode_chip_memory(const char *argument)
{
	unsigned int number = gateways(), i;
	int *fds = allocate(number * sizeof(*fds));
	double none, local, seats, remote;

	reload(&none);
	local = slab();
	for (i = 0; i < number; i++) {
		fds[i] = client_open(i);
		client_declare_remotes(fds[i], i);
	}
	seats = slab();
	for (i = 0; i < number; i++)
		close(fds[i]);
	remote = slab();
	free(fds);
	result("memory.local_chip", (local - none) / number);
	result("memory.remote_chip", (remote - local) / number / REMOTES);
	result("memory.seat", (seats - remote) / number / REMOTES);
}
