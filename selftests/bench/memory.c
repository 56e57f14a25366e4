// SPDX-License-Identifier: GPL-2.0-only
/* Memory of the kernel that clients and chips take. */
#include "../ttmem_memory.h"
#include "client.h"
#include "crowd.h"
#include "modes.h"
#include "operations.h"

static struct crowd crowd;

static double slab(void)
{
	long long bytes = slab_bytes();

	if (bytes < 0)
		fail("read /proc/slabinfo");
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
